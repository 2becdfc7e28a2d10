import { createToText } from "../../../../dialects/media-text.ts";
import { createAnswer } from "../../../../dialects/openai/responses/answer.ts";
import type { AskedResponse } from "../../../../dialects/openai/responses/body.ts";
import { createResponsesEncoder } from "../../../../dialects/openai/responses/encoder.ts";
import { inputItemId, toResponseId } from "../../../../dialects/openai/responses/ids.ts";
import { toMessages } from "../../../../dialects/openai/responses/messages.ts";
import { toAsked } from "../../../../dialects/openai/responses/parse.ts";
import { toAbout, toResponse, withoutOutput } from "../../../../dialects/openai/responses/response.ts";
import { toOpenaiLimits } from "../../../../dialects/openai/limits.ts";
import type { Connection } from "../../../../http/body.ts";
import type { EventReader } from "../../../../runs/event-log.ts";
import type { Services } from "../../../../services.ts";
import type { ResponseRow } from "../../../../store/responses.ts";
import type { Answering, BegunAnswer } from "../../answering.ts";
import { createLimitHeaders } from "../../limit-headers.ts";
import { eventStream } from "../../streamed.ts";
import { gatherItems } from "./earlier.ts";
import { type KeptResponses, toAboutOf } from "./kept.ts";
import type { BegunResponse, Reading } from "./reading.ts";
import { recordEvents } from "./record.ts";

export interface Creating {
  /** Asks, and answers as it was asked for: whole, as it comes, or with no more than what to ask for later. */
  create(asked: AskedResponse, connection: Connection): Promise<Response>;
}

interface Begun extends BegunResponse {
  /** What is kept of it already where it was asked for before with the same `Idempotency-Key`: its caller knows it. */
  readonly earlier: ResponseRow | undefined;
}

export function createCreating(
  services: Services,
  answering: Answering,
  kept: KeptResponses,
  reading: Reading,
): Creating {
  const { access, clients, idempotency, runs, store, clock, log } = services;
  const limitHeaders = createLimitHeaders(services, toOpenaiLimits);

  return {
    async create(asked, connection) {
      const { body, items } = asked;
      const { request } = connection;
      const { owner } = access.caller(request);
      const all = await gatherItems(kept, owner, body.previous_response_id, items);
      const answer = await answering.begin(toAsked(body, toMessages(body.instructions, all)), request);
      const limits = await limitHeaders(request);
      const begun = {
        ...answer,
        headers: { ...limits, ...answer.headers },
        ...(await toBegun(asked, answer, request)),
      };
      if (body.background) return inBackground(asked, begun, owner, connection);
      return whileConnected(asked, begun, owner, connection);
    },
  };

  /** Asked once more with the same `Idempotency-Key`, it is the same response. */
  async function toBegun({ body }: AskedResponse, { runId }: BegunAnswer, request: Request) {
    const id = toResponseId(runId);
    const earlier = idempotency.isFor(request) ? await store.responses.find(id) : undefined;
    return {
      earlier,
      about: earlier ? toAboutOf(earlier) : toAbout(body, id, clock()),
      origin: earlier?.origin ?? clients.originOf(request),
    };
  }

  /** It ends with its connection; but one that has an `Idempotency-Key` may be asked for once more. */
  async function whileConnected(
    asked: AskedResponse,
    begun: Begun,
    owner: string,
    connection: Connection,
  ): Promise<Response> {
    const { about, headers } = begun;
    const { request } = connection;
    const toText = createToText(begun.origin);
    const recording = record(asked, begun, owner, idempotency.isFor(request));
    try {
      if (asked.body.stream) {
        const encoder = createResponsesEncoder({ about, toText, completedAt: recording.completedAt });
        return await answering.stream(
          { ...begun, events: recording.events },
          { ...connection, ...eventStream, encoder },
        );
      }
      await answering.collect({ ...begun, events: recording.events }, connection, toText);
      return Response.json(toResponse(about, recording.read(), recording.completedAt()), { headers });
    } catch (thrown) {
      // Nobody was told its id.
      if (!begun.earlier) await store.responses.remove(about.id);
      throw thrown;
    }
  }

  async function inBackground(
    asked: AskedResponse,
    begun: Begun,
    owner: string,
    connection: Connection,
  ): Promise<Response> {
    const { about, headers, runId } = begun;
    const { events, isKept } = record(asked, begun, owner, false);
    void readOut(events);
    await isKept.catch(async (thrown: unknown) => {
      await runs.cancel(runId, owner);
      throw thrown;
    });
    if (!asked.body.stream) return Response.json(toResponse(about, withoutOutput("queued")), { headers });
    return reading.stream({ ...begun, events: await runs.attach(runId, owner, 0) }, owner, connection);
  }

  /** @param outlives whether the run goes on where its reader leaves it */
  function record({ body, items }: AskedResponse, begun: Begun, owner: string, outlives: boolean) {
    const { about, events, origin, earlier } = begun;
    const { id } = about;
    const answer = createAnswer(id, createToText(origin));
    const isStored = body.store !== false;
    let completedAt = earlier?.completed_at ?? undefined;
    let ending: Promise<void> | undefined;
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const isKept = isStored ? store.responses.insert(toRow()) : Promise.resolve();
    // Whoever reads the events is told.
    isKept.catch(() => {});
    if (isStored) kept.follow(id, ended);
    return {
      isKept,
      read: answer.read,
      completedAt: () => (completedAt ??= clock()),
      events: recordEvents(events, { answer, isKept, onEnd: () => (ending ??= end().then(resolve)) }),
    };

    async function end(): Promise<void> {
      if (completedAt !== undefined || (outlives && !answer.isOver)) return;
      completedAt = clock();
      if (!isStored) return;
      await kept
        .end(id, answer.read(), completedAt)
        .catch((error: unknown) => log.error("what became of a response could not be written", { id, error }));
    }

    function toRow(): ResponseRow {
      return {
        id,
        owner,
        server: store.presence.id,
        previous_id: body.previous_response_id ?? null,
        background: body.background ? 1 : 0,
        origin,
        status: "in_progress",
        created_at: clock(),
        completed_at: null,
        about: JSON.stringify(about),
        input: JSON.stringify(items.map((item, index) => ({ id: inputItemId(item.type, id, index), ...item }))),
        outcome: null,
      };
    }
  }
}

/** To its end, whoever else reads it or does not. */
async function readOut(events: EventReader): Promise<void> {
  try {
    while (!(await events.next()).done);
  } catch {
    // Its reader has said why, to whoever waits for the response.
    await events.return?.();
  }
}
