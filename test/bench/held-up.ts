export interface HeldUp {
  /** The longest time that the event loop was held up, in milliseconds. */
  readonly ms: number;
  /** What its own thread did in that time at most: on a busy machine it also waits for others. */
  readonly cpuMs: number;
}

/** Watches the event loop of this process. Called, it gives what there was since the last time. */
export function watchLoop(): () => HeldUp {
  let longest = { ms: 0, cpuMs: 0 };
  let last = look();
  setInterval(() => {
    const now = look();
    longest.ms = Math.max(longest.ms, now.ms - last.ms - 1);
    longest.cpuMs = Math.max(longest.cpuMs, now.cpuMs - last.cpuMs);
    last = now;
  }, 1);
  return () => {
    const seen = longest;
    longest = { ms: 0, cpuMs: 0 };
    return seen;
  };
}

function look(): HeldUp {
  const { user, system } = process.threadCpuUsage();
  return { ms: performance.now(), cpuMs: (user + system) / 1000 };
}
