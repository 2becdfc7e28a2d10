/** Files of media that were deleted so soon that somebody might just be keeping the same bytes: they go a while later. */
export interface Leftovers extends Disposable {
  add(hash: string): void;
}

/** `remove` is called for each after `waitMs`, and must not throw; what a stop leaves, the next start removes. */
export function createLeftovers(remove: (hash: string) => Promise<void>, waitMs: number): Leftovers {
  const timers = new Map<string, Timer>();
  return {
    add(hash) {
      clearTimeout(timers.get(hash));
      const timer = setTimeout(() => {
        timers.delete(hash);
        void remove(hash);
      }, waitMs);
      timers.set(hash, timer.unref());
    },
    [Symbol.dispose]() {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
