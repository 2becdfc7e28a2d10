import { type Connection, unhurried } from "../../http/body.ts";
import type { Asked } from "../../dialects/asked.ts";
import type { Collected } from "../../dialects/collected.ts";
import type { Encoder } from "../../dialects/encoder.ts";
import type { EventOf } from "../../protocol/events.ts";
import type { EventReader } from "../../runs/event-log.ts";
import type { Services } from "../../services.ts";
import { createAskRun } from "../asked-run.ts";
import { createCallMemory } from "./call-memory.ts";
import { whenBegun } from "./first-word.ts";
import { type StreamOptions, toStreamed } from "./streamed.ts";
import { createToRequest } from "./to-request.ts";
import { readCollected } from "./whole-answer.ts";

/** A run that was asked for in another's API. */
export interface BegunAnswer {
  readonly runId: string;
  readonly events: EventReader;
  /** Of the response, whole or not. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface AnswerStreamOptions extends StreamOptions {
  readonly encoder: Encoder;
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
  stream(begun: BegunAnswer, options: AnswerStreamOptions): Promise<Response>;
  /** Whole, however long that takes. @throws {ApiError} what it failed with; `cancelled` */
  collect(
    begun: BegunAnswer,
    connection: Connection,
    toText: (event: EventOf<"content">) => string,
  ): Promise<Collected>;
}

export function createAnswering(services: Services): Answering {
  const { access, store, clock, log, streams } = services;
  const askRun = createAskRun(services);
  const toRequest = createToRequest(services);
  const calls = createCallMemory(store.callStates, clock, log);

  return {
    async begin(asked, request) {
      const { owner } = access.caller(request);
      const { messages } = asked;
      const { isRepeated, ...run } = await askRun(request, () => {
        const conversation = { ...calls.recall(owner, messages), ...asked.conversation };
        return toRequest({ ...asked, conversation }, request);
      });
      const events = isRepeated ? run.events : calls.keep(owner, messages, run.events);
      return { ...run, events, headers: { "x-run-id": run.runId, ...run.headers } };
    },

    stream(begun, { encoder, isAtOnce, ...options }) {
      const { events } = begun;
      const streamed = {
        run: begun,
        open: async () => (isAtOnce ? events : whenBegun(events, options.request.signal)),
        encode: encoder.encode,
        encodeFailure: encoder.encodeFailure,
      };
      return toStreamed(streamed, options, { log, streams });
    },

    collect: ({ events }, connection, toText) =>
      unhurried(connection, () => readCollected(events, connection.request.signal, toText)),
  };
}
