import { BoundedMap } from "./bounded-map.ts";
import type { Clock } from "./clock.ts";

/** How a limit of so many a minute stands, once one was asked for. */
export interface RateState {
  readonly isAllowed: boolean;
  readonly limit: number;
  /** How many more there may be at once. */
  readonly left: number;
  /** In how long all of them are there again, in milliseconds. */
  readonly resetMs: number;
  /** In how long there is one; 0 where there is. */
  readonly retryMs: number;
}

/** Who may do something how often: so many at once as there may be in a minute, and from then on as fast as they come back. */
export interface Rates {
  /** Takes one, where there is one. */
  take(key: string, perMinute: number): RateState;
}

const minuteMs = 60_000;
/** Sums of parts of a millisecond are rounded. */
const roundingMs = 0.01;

/**
 * The generic cell rate algorithm (https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm): of each key one time is
 * kept, when all that it has taken will be there again.
 *
 * @param maxKeys of those that are kept; those that asked longest ago are forgotten, and may ask as at first
 */
export function createRates(clock: Clock, maxKeys: number): Rates {
  const fullAt = new BoundedMap<string, number>(maxKeys);
  return {
    take(key, perMinute) {
      const now = clock();
      const eachMs = minuteMs / perMinute;
      // A clock that was set back would refuse for as long as it was.
      const before = Math.min(Math.max(0, (fullAt.get(key) ?? now) - now), minuteMs);
      const after = before + eachMs;
      const isAllowed = after <= minuteMs + roundingMs;
      const takenMs = isAllowed ? after : before;
      fullAt.set(key, now + takenMs);
      return {
        isAllowed,
        limit: perMinute,
        left: Math.max(0, Math.floor((minuteMs - takenMs + roundingMs) / eachMs)),
        resetMs: takenMs,
        retryMs: isAllowed ? 0 : after - minuteMs,
      };
    },
  };
}
