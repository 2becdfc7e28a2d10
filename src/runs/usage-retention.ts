import { type Clock, utcDay } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { UsageTable } from "../store/usage.ts";

export interface UsageRetentionParts {
  readonly usage: UsageTable;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 for ever. */
  readonly keepDays: number;
}

/** Lets rows of usage go once they are old; what they come to stays. */
export interface UsageRetention extends Disposable {
  /** Removes what is due; a timer does so otherwise. */
  sweep(): Promise<void>;
}

const sweepMs = 3_600_000;
/** Removed at once: some milliseconds' worth, since nobody else is served meanwhile. */
const atOnce = 200;

export function openUsageRetention({ usage, clock, log, keepDays }: UsageRetentionParts): UsageRetention {
  const closing = new AbortController();
  const timer = keepDays > 0 ? setInterval(() => void sweep(), sweepMs) : undefined;
  void sweep();
  return {
    sweep,
    [Symbol.dispose]() {
      closing.abort();
      clearInterval(timer);
    },
  };

  async function sweep(): Promise<void> {
    if (keepDays === 0) return;
    try {
      const first = utcDay(clock() - (keepDays - 1) * 86_400_000);
      while (!closing.signal.aborted && (await usage.removeBefore(first, atOnce)) > 0);
    } catch (error) {
      log.error("old rows of usage could not be removed", { error });
    }
  }
}
