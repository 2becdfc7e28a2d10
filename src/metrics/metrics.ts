import { createLoopLag, type LoopLag } from "./loop-lag.ts";
import { createRequestCounts, type RequestCounts } from "./request-counts.ts";
import { createRunCounts, type RunCounts } from "./run-counts.ts";
import { createTaskCounts, type TaskCounts } from "./task-counts.ts";
import { createUpstreamCounts, type UpstreamCounts } from "./upstream-counts.ts";

/** What is counted as it happens. What can be looked up is not: `figures.ts` looks when somebody asks. */
export interface Metrics extends Disposable {
  readonly requests: RequestCounts;
  readonly runs: RunCounts;
  readonly tasks: TaskCounts;
  readonly upstreams: UpstreamCounts;
  readonly loopLag: LoopLag;
}

export function createMetrics(): Metrics {
  const loopLag = createLoopLag();
  return {
    requests: createRequestCounts(),
    runs: createRunCounts(),
    tasks: createTaskCounts(),
    upstreams: createUpstreamCounts(),
    loopLag,
    [Symbol.dispose]: () => loopLag[Symbol.dispose](),
  };
}
