import { readdir, readFile } from "node:fs/promises";

/** What the system tells of this process: times in seconds, memory in bytes. Descriptors are known on Linux alone. */
export interface ProcessFigures {
  readonly memory: number;
  readonly cpu: number;
  /** Since 1970. */
  readonly startedAt: number;
  readonly descriptors: number | undefined;
  readonly maxDescriptors: number | undefined;
}

export async function readProcessFigures(): Promise<ProcessFigures> {
  const { user, system } = process.cpuUsage();
  const [open, limits] = await Promise.all([
    readdir("/proc/self/fd").catch(() => undefined),
    readFile("/proc/self/limits", "latin1").catch(() => ""),
  ]);
  const [, most] = /^Max open files +(\d+|unlimited)/m.exec(limits) ?? [];
  return {
    memory: process.memoryUsage.rss(),
    cpu: (user + system) / 1e6,
    startedAt: performance.timeOrigin / 1000,
    // One of them is that of the folder itself.
    descriptors: open && open.length - 1,
    maxDescriptors: most === undefined ? undefined : most === "unlimited" ? Infinity : Number(most),
  };
}
