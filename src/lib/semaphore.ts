/** Lets so many in at once; the others wait for their turn, in the order in which they came. */
export interface Semaphore {
  /**
   * Gives what is to be called, once, when leaving; `undefined` where too many wait already.
   *
   * @throws the signal's reason
   */
  enter(signal?: AbortSignal): Promise<(() => void) | undefined>;
  /** Does the work when it is its turn, where any number may wait. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function createSemaphore(most: number, mostWaiting = Infinity): Semaphore {
  const waiting = new Set<() => void>();
  let inside = 0;

  return {
    enter,
    async run(work) {
      const done = await enter();
      try {
        return await work();
      } finally {
        done?.();
      }
    },
  };

  async function enter(signal?: AbortSignal): Promise<(() => void) | undefined> {
    signal?.throwIfAborted();
    if (inside < most) inside++;
    else if (waiting.size >= mostWaiting) return undefined;
    else await turn(signal);
    return leave;
  }

  function leave(): void {
    const [next] = waiting;
    if (next === undefined) return void inside--;
    // Whoever leaves hands its place on, so that nobody who comes in between takes it.
    waiting.delete(next);
    next();
  }

  async function turn(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const giveUp = () => {
      waiting.delete(resolve);
      reject(signal?.reason);
    };
    waiting.add(resolve);
    signal?.addEventListener("abort", giveUp, { once: true });
    await promise.finally(() => signal?.removeEventListener("abort", giveUp));
  }
}
