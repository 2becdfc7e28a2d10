import type { ParleyError } from "./errors.ts";
import { pause } from "./until.ts";

/** How long a lost connection is made anew: as long as a server usually keeps an answer going that nobody reads. */
export const usualGiveUpMs = 60_000;
/** After how long without a sign of life a connection is lost. */
export const usualSilenceMs = 30_000;
/** How long a server that was never reached is asked again: whoever has its address wrong hears of it soon. */
export const unreachedMs = 5_000;
/** Nobody waits long for the notes that may follow a `finish`. */
export const afterwardsMs = 2_000;

/** How long one keeps trying, and how often. */
export interface Patience {
  /** Tries since something went well. */
  readonly tries: number;
  /** Something went well: the next failure is a first one. */
  renew(): void;
  /**
   * Waits before the next try: longer each time, by chance a little more or less, so that not all come back at once, and at
   * least as long as the server says.
   *
   * @throws {ParleyError} the failure itself, where the next try would begin more than `limitMs` after the first failure
   */
  wait(lost: ParleyError, limitMs: number, signal?: AbortSignal): Promise<void>;
}

/** Both arbitrary: a server that is being started again is back within a second, and most are. */
const firstMs = 100;
const longestMs = 5_000;

export function createPatience(): Patience {
  let tries = 0;
  let since: number | undefined;

  return {
    get tries() {
      return tries;
    },
    renew() {
      tries = 0;
      since = undefined;
    },
    async wait(lost, limitMs, signal) {
      const now = performance.now();
      since ??= now;
      const backOffMs = Math.min(longestMs, firstMs * 2 ** tries++) * (0.5 + Math.random() / 2);
      const toldMs = "retryAfterMs" in lost ? (lost.retryAfterMs ?? 0) : 0;
      const waitMs = Math.max(backOffMs, toldMs);
      if (now - since + waitMs > limitMs) throw lost;
      await pause(waitMs, signal);
    },
  };
}
