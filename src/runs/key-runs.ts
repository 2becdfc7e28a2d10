import { createAtOnce } from "../lib/at-once.ts";
import type { Clock } from "../lib/clock.ts";
import { createRates } from "../lib/rate.ts";
import type { Caller } from "../protocol/caller.ts";
import { ApiError } from "../protocol/errors.ts";

/**
 * How often each key may have models asked, and how much at once: answers, speech, recordings and texts alike. What the
 * server asks by itself after an answer, for a title or what is worth remembering, does not count.
 */
export interface KeyRuns {
  /** Takes a place for one, and gives what frees it. @throws {ApiError} `rate_limited`, `too_many_runs` */
  begin(caller: Caller): () => void;
}

export interface KeyRunsParts {
  readonly clock: Clock;
  /** Of keys that have no limits of their own; 0 for none. */
  readonly runsPerMinute: number;
  readonly maxRuns: number;
}

/** Of those whose runs are counted by the minute. Arbitrary: keys are the operator's. */
const maxKeys = 10_000;

export function createKeyRuns({ clock, ...usual }: KeyRunsParts): KeyRuns {
  const rates = createRates(clock, maxKeys);
  const live = createAtOnce();

  return {
    begin({ keyId, limits }) {
      if (keyId === null) return () => {};
      const most = limits?.maxRuns ?? usual.maxRuns;
      if (most > 0 && live.of(keyId) >= most)
        throw new ApiError("too_many_runs", `this key may have ${most} answers at once: wait until one has ended`, {
          retryAfterMs: 1000,
        });
      const perMinute = limits?.runsPerMinute ?? usual.runsPerMinute;
      if (perMinute > 0) takeOne(keyId, perMinute);
      return live.enter(keyId);
    },
  };

  /** @throws {ApiError} `rate_limited` */
  function takeOne(keyId: string, perMinute: number): void {
    const { isAllowed, retryMs } = rates.take(keyId, perMinute);
    if (isAllowed) return;
    throw new ApiError("rate_limited", `this key may have ${perMinute} answers a minute: try again in a moment`, {
      retryAfterMs: retryMs,
    });
  }
}
