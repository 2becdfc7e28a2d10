import { countDescriptors, readMostDescriptors } from "../lib/descriptors.ts";

/** What the system tells of this process: times in seconds, memory in bytes. Descriptors are known on Linux alone. */
export interface ProcessFigures {
  readonly memory: number;
  readonly cpu: number;
  /** Since 1970. */
  readonly startedAt: number;
  readonly descriptors: number | undefined;
  readonly maxDescriptors: number | undefined;
}

export function readProcessFigures(): ProcessFigures {
  const { user, system } = process.cpuUsage();
  return {
    memory: process.memoryUsage.rss(),
    cpu: (user + system) / 1e6,
    startedAt: performance.timeOrigin / 1000,
    descriptors: countDescriptors(),
    maxDescriptors: readMostDescriptors(),
  };
}
