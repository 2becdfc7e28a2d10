import { timingSafeEqual } from "node:crypto";
import type { Clock } from "../lib/clock.ts";
import { digestOf } from "../lib/digest.ts";
import type { Log } from "../lib/log.ts";
import type { Caller } from "../protocol/caller.ts";
import type { ChatRequest } from "../protocol/chat.ts";
import { ApiError, isNotFound } from "../protocol/errors.ts";
import type { Store } from "../store/index.ts";
import type { EventReader } from "./event-log.ts";
import type { Runs } from "./runs.ts";

/**
 * Starts the run that a key stands for, or joins it where it has been started: a frame has no headers, and whoever lost a
 * socket before its run was accepted cannot know whether it runs. What it claims is what an `Idempotency-Key` claims.
 *
 * @throws {ApiError} `still_running`, `answer_unknown`, `answer_expired`, `idempotency_key_reused`; whatever `start` throws
 */
export type StartOnce = (
  key: string,
  request: ChatRequest,
  caller: Caller,
) => Promise<{ readonly runId: string; readonly reader: EventReader }>;

export interface StartOnceParts {
  readonly runs: Runs;
  readonly store: Pick<Store, "claims" | "claimMarks">;
  readonly clock: Clock;
  readonly log: Log;
}

/** What keys of the channel are used at: those of requests are others. */
const target = "/backend-api/v2/channel";

export function createStartOnce({ runs, store: { claims, claimMarks: marks }, clock, log }: StartOnceParts): StartOnce {
  const complain = (error: unknown) => log.error("what became of an idempotency_key could not be written", { error });

  return (key, request, caller) =>
    marks.within(async () => {
      const { owner } = caller;
      const digest = digestOf(JSON.stringify(request));
      const claimed = await claims.claim({ owner, target, key }, clock());
      switch (claimed.state) {
        case "new": {
          const runId = await start(claimed.id, digest, request, caller);
          return { runId, reader: await runs.attach(runId, owner, 0) };
        }
        case "running":
          throw new ApiError("still_running", "the run that this idempotency_key stands for is just being started", {
            retryAfterMs: 1000,
          });
        case "run":
          if (!claimed.digest || !timingSafeEqual(digest, claimed.digest))
            throw new ApiError(
              "idempotency_key_reused",
              "this idempotency_key stands for another request: take a new one",
            );
          return { runId: claimed.runId, reader: await runs.attach(claimed.runId, owner, 0).catch(orExpired) };
        default:
          throw new ApiError(
            "answer_unknown",
            "what this idempotency_key stands for was begun, and it is not known what became of it: look at what is there, and take a new key for something new",
          );
      }
    });

  async function start(claim: number, digest: Uint8Array, request: ChatRequest, caller: Caller): Promise<string> {
    marks.hold(claim);
    // Who may send it again must find the answer again.
    const run = await runs.start({ ...request, resumable: true }, caller).catch(async (thrown: unknown) => {
      marks.hold(undefined);
      await claims.release(claim, true).catch(complain);
      throw thrown;
    });
    marks.hold(undefined);
    await claims.bind(claim, digest, run.id);
    return run.id;
  }
}

/** The answer that a key stands for is kept for a while only. */
export function orExpired(thrown: unknown): never {
  if (isNotFound(thrown))
    throw new ApiError("answer_expired", "the answer that this Idempotency-Key stands for is not kept any more");
  throw thrown;
}
