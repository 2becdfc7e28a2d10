import type { RunTrace } from "../protocol/trace.ts";
import type { UsageRow } from "../store/usage.ts";

/** How a run went. */
export interface EndedRun {
  readonly row: UsageRow;
  readonly trace: RunTrace;
}

/** Who hears of every run that ends, whatever its door: what counts them, and what traces them. It neither throws nor waits. */
export interface RunObserver {
  ended(run: EndedRun): void;
}
