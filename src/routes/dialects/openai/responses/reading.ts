import { createToText } from "../../../../dialects/media-text.ts";
import { createResponsesEncoder } from "../../../../dialects/openai/responses/encoder.ts";
import { runIdOf } from "../../../../dialects/openai/responses/ids.ts";
import type { About } from "../../../../dialects/openai/responses/response.ts";
import type { Connection } from "../../../../http/body.ts";
import { ApiError, isNotFound } from "../../../../protocol/errors.ts";
import type { Services } from "../../../../services.ts";
import type { ResponseRow } from "../../../../store/responses.ts";
import type { Answering, BegunAnswer } from "../../answering.ts";
import { eventStream } from "../../streamed.ts";
import { type KeptResponses, toAboutOf } from "./kept.ts";
import { holdEnd } from "./record.ts";

/** A response that is being answered, or was. */
export interface BegunResponse extends BegunAnswer {
  readonly about: About;
  /** The address by which its media are named. */
  readonly origin: string;
}

/** The events of responses in the background, which anybody with the owner's key may read at any time. */
export interface Reading {
  /** @param startingAfter the number of the last event that the reader has */
  stream(begun: BegunResponse, owner: string, connection: Connection, startingAfter?: number): Promise<Response>;
  /** Those of one that began earlier. @throws {ApiError} `answer_expired` */
  again(row: ResponseRow, startingAfter: number, connection: Connection): Promise<Response>;
}

export function createReading({ runs, clock }: Services, answering: Answering, kept: KeptResponses): Reading {
  return {
    stream,
    async again(row, startingAfter, connection) {
      const runId = runIdOf(row.id) ?? "";
      const events = await runs.attach(runId, row.owner, 0).catch(orExpired);
      const begun = { runId, events, headers: { "x-run-id": runId }, about: toAboutOf(row), origin: row.origin };
      return stream(begun, row.owner, connection, startingAfter);
    },
  };

  /** Its last event comes once what came of it is written, and tells when that was. */
  function stream(begun: BegunResponse, owner: string, connection: Connection, startingAfter = -1): Promise<Response> {
    const { about, origin } = begun;
    let completedAt = 0;
    const events = holdEnd(begun.events, async () => {
      await kept.whenEnded(about.id);
      completedAt = (await kept.get(about.id, owner)).completed_at ?? clock();
    });
    const toText = createToText(origin);
    const encoder = createResponsesEncoder({ about, toText, startingAfter, completedAt: () => completedAt });
    return answering.stream({ ...begun, events }, { ...connection, ...eventStream, encoder, isAtOnce: true });
  }
}

/** Its events are kept for as long as those of any run, which is less long than what came of them. */
function orExpired(thrown: unknown): never {
  if (isNotFound(thrown))
    throw new ApiError(
      "answer_expired",
      "the events of this response are not kept any more: ask for it without stream",
    );
  throw thrown;
}
