import { createDistribution, type Distribution, observe } from "../lib/counts.ts";

/** By how much the event loop is late. */
export interface LoopLag extends Disposable {
  /** In seconds. */
  readonly late: Distribution;
  /** Has it measured from now on, until nobody has asked for a while. */
  keepMeasuring(): void;
}

const everyMs = 100;
/** Scrapes are minutes apart at most. */
const patienceMs = 10 * 60_000;

const bounds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/**
 * A timer of our own, and only while somebody asks: Node's `monitorEventLoopDelay` knows no buckets that add up over
 * servers and time, and either wakes an idle process as often.
 */
export function createLoopLag(): LoopLag {
  const late = createDistribution(bounds);
  let timer: Timer | undefined;
  let askedAt = 0;
  let dueAt = 0;

  return {
    late,
    keepMeasuring() {
      askedAt = performance.now();
      if (timer) return;
      dueAt = askedAt + everyMs;
      timer = setInterval(measure, everyMs);
      timer.unref();
    },
    [Symbol.dispose]: stop,
  };

  function measure(): void {
    const now = performance.now();
    observe(late, (now - dueAt) / 1000);
    dueAt = now + everyMs;
    if (now - askedAt > patienceMs) stop();
  }

  function stop(): void {
    clearInterval(timer);
    timer = undefined;
  }
}
