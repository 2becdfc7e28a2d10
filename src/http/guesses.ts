import { BoundedMap } from "../lib/bounded-map.ts";
import type { Clock } from "../lib/clock.ts";
import { ApiError } from "../protocol/errors.ts";

/** Slows down who tries keys until one is right. */
export interface Guesses {
  /** @throws {ApiError} `rate_limited` for an address from which too many were wrong */
  check(address: string): void;
  countWrong(address: string): void;
}

/** Arbitrary: nobody mistypes so often, and nobody finds a key by so few. */
const maxWrong = 10;
const windowMs = 60_000;
/** Of those that are remembered; who has more of them is not held back by their number. */
const maxAddresses = 10_000;

export function createGuesses(clock: Clock): Guesses {
  const wrong = new BoundedMap<string, { readonly count: number; readonly until: number }>(maxAddresses);
  const find = (address: string) => {
    const found = wrong.get(address);
    return found && found.until > clock() ? found : undefined;
  };
  return {
    check(address) {
      const found = find(address);
      if (!found || found.count < maxWrong) return;
      throw new ApiError("rate_limited", "too many wrong keys came from your address: wait a minute, and try again", {
        retryAfterMs: found.until - clock(),
      });
    },
    countWrong(address) {
      const { count, until } = find(address) ?? { count: 0, until: clock() + windowMs };
      wrong.set(address, { count: count + 1, until });
    },
  };
}
