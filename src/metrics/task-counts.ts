import {
  type Count,
  createCounts,
  createDistributions,
  type Distribution,
  observe,
  type Series,
} from "../lib/counts.ts";
import type { TaskObserver } from "../routing/tasks.ts";

/** What became of what is asked for beside answers, with each that was asked. */
export interface TaskCounts {
  readonly observer: TaskObserver;
  /** By provider, kind, outcome and the class of the error. */
  readonly tasks: Series<Count>;
  /** By provider and kind, in seconds. */
  readonly duration: Series<Distribution>;
}

/** In seconds. */
const bounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

export function createTaskCounts(): TaskCounts {
  const tasks = createCounts();
  const duration = createDistributions(bounds);
  return {
    tasks,
    duration,
    observer: {
      ended({ provider, kind, outcome, error, ms }) {
        tasks.of(provider, kind, outcome, error ?? "").value++;
        observe(duration.of(provider, kind), ms / 1000);
      },
    },
  };
}
