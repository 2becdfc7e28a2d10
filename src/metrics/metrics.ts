import { type Count, createCounts, type Series } from "../lib/counts.ts";
import { createRunCounts, type RunCounts } from "./run-counts.ts";

/** What is counted as it happens. What can be looked up is not: whoever asks for the metrics looks then. */
export interface Metrics {
  readonly runs: RunCounts;
  /** Requests that were refused lest the server break down, by the reason: a word of the program's, never a caller's. */
  readonly shed: Series<Count>;
}

export function createMetrics(): Metrics {
  return { runs: createRunCounts(), shed: createCounts() };
}
