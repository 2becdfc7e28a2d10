import { readdirSync, readFileSync, statSync } from "node:fs";
import type { Readings } from "./pressure.ts";

/** What this process takes of its machine. */
export function createReadings(): Readings {
  const mostDescriptors = readMostDescriptors();
  return {
    memory: () => process.memoryUsage.rss(),
    descriptors: () => countDescriptors() / mostDescriptors,
    collect: () => void Bun.gc(true),
    now: () => performance.now(),
  };
}

/** Of the machine, or of the container that has less: three quarters, for converters and the system need some too. */
export function usualMaxMemory(): number {
  const whole = process.constrainedMemory();
  const bytes = whole > 0 && Number.isFinite(whole) ? whole : leastMemory * 2;
  return Math.floor(Math.min(bytes * 0.9, Math.max(leastMemory, bytes * 0.75)));
}

/** Below this a server is full with a few large questions. */
const leastMemory = 512 * 1024 * 1024;

const descriptors = "/proc/self/fd";

/** Since Linux 6.2 the folder's length is their number (proc_pid_fd(5)); before it is 0, and they are counted. */
function countDescriptors(): number {
  try {
    return statSync(descriptors).size || readdirSync(descriptors).length;
  } catch {
    // No such thing on this system, or none left to look with.
    return 0;
  }
}

function readMostDescriptors(): number {
  try {
    const [, most = ""] = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    return Number(most) || Infinity;
  } catch {
    return Infinity;
  }
}
