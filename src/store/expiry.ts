import type { Log } from "../lib/log.ts";

/** Has what is past its time removed, now and then. */
export interface Expiry extends AsyncDisposable {
  /** Removes what is due; a timer does so otherwise. */
  sweep(): Promise<void>;
}

/** Removes some of what is due, and gives how many; called until there are none. */
export type Sweep = () => Promise<number>;

const intervalMs = 60_000;

export function openExpiry(sweeps: Readonly<Record<string, Sweep>>, log: Log): Expiry {
  let sweeping: Promise<void> | undefined;
  const closing = new AbortController();
  const sweep = () => (sweeping ??= sweepAll().finally(() => (sweeping = undefined)));
  const timer = setInterval(() => void sweep(), intervalMs);
  timer.unref();

  return {
    sweep,
    async [Symbol.asyncDispose]() {
      closing.abort();
      clearInterval(timer);
      await sweeping;
    },
  };

  async function sweepAll(): Promise<void> {
    for (const [what, step] of Object.entries(sweeps)) {
      try {
        while (!closing.signal.aborted && (await step()) > 0);
      } catch (error) {
        log.error(`expired ${what} could not be removed`, { error });
      }
    }
  }
}
