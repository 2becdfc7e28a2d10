import type { Connection } from "../../http/body.ts";
import { eventStreamHeaders, toEventStream } from "../../http/event-stream.ts";
import { header } from "../../http/headers.ts";
import { replayed } from "../../http/idempotency.ts";
import { toRunHeaders } from "../../http/run-headers.ts";
import { type Collected, createCollector } from "../../dialects/collected.ts";
import type { Encoder } from "../../dialects/encoder.ts";
import type { ChatRequest } from "../../protocol/chat.ts";
import { toApiError } from "../../protocol/errors.ts";
import type { EventOf, NumberedEvent, RunEvent } from "../../protocol/events.ts";
import { fromFailureEvent } from "../../protocol/failure-event.ts";
import { createTargets } from "../../routing/target.ts";
import type { EventReader } from "../../runs/event-log.ts";
import { cancellation } from "../../runs/live-run.ts";
import { parseChatRequest } from "../../runs/request.ts";
import { orExpired } from "../../runs/start-once.ts";
import type { Services } from "../../services.ts";
import { createCallMemory } from "./call-memory.ts";
import { resolveFileIds } from "./file-ids.ts";

/** What is asked in another's API: as a conversation, whose model may be `Provider/model`. */
export interface Asked extends Omit<ChatRequest, "messages"> {
  readonly messages: readonly unknown[];
}

/** A run that was asked for in another's API. */
export interface BegunAnswer {
  readonly runId: string;
  readonly events: EventReader;
  /** Of the response, whole or not. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface StreamOptions extends Connection {
  readonly encoder: Encoder;
  readonly contentType: string;
  /** Beside those of the run. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What says that the stream is alive, and nothing else. */
  readonly heartbeat?: string;
  /** The head leaves before the first word: what fails is told in the stream alone. */
  readonly isAtOnce?: boolean;
}

/** How every other API is answered: by one run, as it comes or whole. */
export interface Answering {
  /**
   * Starts a run; one that an `Idempotency-Key` stands for already is read once more. Parts `{type: "file", file: {file_id}}`
   * of messages may name what was uploaded to `/v1/files`, or any bucket.
   *
   * @throws {ApiError} as `Runs.start`
   */
  begin(asked: Asked, request: Request): Promise<BegunAnswer>;
  /**
   * As it comes. The head leaves with the first word, so that what fails before has a status of its own.
   *
   * @throws {ApiError} what it failed with before
   */
  stream(begun: BegunAnswer, options: StreamOptions): Promise<Response>;
  /** @throws {ApiError} what it failed with; `cancelled` */
  collect(begun: BegunAnswer, request: Request, toText: (event: EventOf<"content">) => string): Promise<Collected>;
}

export function createAnswering(services: Services): Answering {
  const { runs, access, idempotency, registry, catalogue, buckets, store, clock, log } = services;
  const targets = createTargets(registry, catalogue);
  const calls = createCallMemory(store.callStates, clock, log);

  return {
    async begin(asked, request) {
      const caller = access.caller(request);
      const repeated = await idempotency.findRun(request);
      if (repeated !== undefined) {
        const events = await runs.attach(repeated, caller.owner, 0).catch(orExpired);
        return { runId: repeated, events, headers: { "x-run-id": repeated, ...replayed } };
      }
      const { messages } = asked;
      const conversation = { ...calls.recall(caller.owner, messages), ...asked.conversation };
      const named = await resolveFileIds(messages, caller.owner, buckets);
      const whole = await toRequest({ ...asked, messages: named, conversation }, request);
      const run = await runs.start(
        idempotency.isFor(request) ? { ...whole, resumable: true } : whole,
        caller,
        request.signal,
      );
      await idempotency.bindRun(request, run.id);
      const events = calls.keep(caller.owner, messages, run.attach(0));
      return { runId: run.id, events, headers: { "x-run-id": run.id, ...toRunHeaders(run.trace()) } };
    },

    async stream(begun, { encoder, contentType, headers = {}, heartbeat, isAtOnce, request, server }) {
      // Nobody is told anything until it begins, which has limits of its own.
      server?.timeout(request, 0);
      const events = isAtOnce ? begun.events : await whenBegun(begun.events, request.signal);
      const body = toEventStream(events, {
        request,
        server,
        encode: (batch) => encoder.encode(batch),
        encodeFailure(thrown) {
          const failure = toApiError(thrown);
          if (failure.reason === "internal")
            log.error("a run's events could not be read", { run: begun.runId, error: thrown });
          return encoder.encodeFailure(failure);
        },
        ...(heartbeat !== undefined && { heartbeat }),
      });
      return new Response(body, {
        headers: { ...eventStreamHeaders, "content-type": contentType, ...begun.headers, ...headers },
      });
    },

    async collect({ events }, request, toText) {
      const collector = createCollector(toText);
      const { signal } = request;
      const leave = () => void events.return?.();
      signal.addEventListener("abort", leave);
      if (signal.aborted) leave();
      try {
        for await (const batch of events) collector.add(batch);
      } finally {
        signal.removeEventListener("abort", leave);
      }
      const collected = collector.read();
      if (collected.failure) throw collected.failure;
      if (collected.reason === undefined || collected.reason === "cancelled") throw cancellation();
      return collected;
    },
  };

  /** @throws {ApiError} `invalid_request` */
  async function toRequest({ model, provider, ...asked }: Asked, request: Request): Promise<ChatRequest> {
    const named = provider ?? header(request, "x-provider");
    const target = named || typeof model !== "string" ? { provider: named, model } : await targets.find(model);
    return parseChatRequest({ ...asked, ...target });
  }
}

/** Reads until there is something to be said. @throws {ApiError} what it failed with before; `cancelled` */
export async function whenBegun(events: EventReader, signal: AbortSignal): Promise<AsyncIterator<Batch>> {
  const held: Batch[] = [];
  const leave = () => void events.return?.();
  signal.addEventListener("abort", leave);
  if (signal.aborted) leave();
  try {
    for (let hasBegun = false; !hasBegun;) {
      const { done, value } = await events.next();
      if (done) throw cancellation();
      held.push(value);
      const first = value.find(({ event }) => isFailure(event) || isWord(event))?.event;
      if (first && isFailure(first)) throw fromFailureEvent(first);
      hasBegun = first !== undefined;
    }
  } catch (thrown) {
    leave();
    throw thrown;
  } finally {
    signal.removeEventListener("abort", leave);
  }
  return {
    next() {
      const value = held.shift();
      return value ? Promise.resolve({ done: false, value }) : events.next();
    },
    async return() {
      await events.return?.();
      return { done: true, value: undefined };
    },
  };
}

type Batch = readonly NumberedEvent[];
type Failure = EventOf<"error"> | EventOf<"auth">;

function isFailure(event: RunEvent): event is Failure {
  return event.type === "error" || event.type === "auth";
}

/** An answer that says nothing begins with its end. */
function isWord(event: RunEvent): boolean {
  switch (event.type) {
    case "content":
    case "preview":
    case "tool_calls":
    case "finish":
      return true;
    case "reasoning":
      return Boolean(event.token);
    default:
      return false;
  }
}
