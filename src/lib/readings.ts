import { countDescriptors, readMostDescriptors } from "./descriptors.ts";
import type { Readings } from "./pressure.ts";

/** What this process takes of its machine. */
export function createReadings(): Readings {
  const mostDescriptors = readMostDescriptors() ?? Infinity;
  return {
    memory: () => process.memoryUsage.rss(),
    descriptors: () => (countDescriptors() ?? 0) / mostDescriptors,
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
