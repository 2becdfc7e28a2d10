import { orAborted } from "./pause.ts";

/** What several want at the same time is done once. */
export interface SharedWork<T> {
  /**
   * What the work of this key gives, which begins unless it is under way. It ends, by its signal, when the last of those
   * who wait for it has left.
   *
   * @throws the signal's reason
   */
  join(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

interface Under<T> {
  readonly result: Promise<T>;
  readonly ending: AbortController;
  waiting: number;
}

export function createSharedWork<T>(): SharedWork<T> {
  const all = new Map<string, Under<T>>();

  return {
    async join(key, signal, work) {
      signal.throwIfAborted();
      const under = all.get(key) ?? begin(key, work);
      under.waiting++;
      try {
        return await orAborted(under.result, signal);
      } finally {
        under.waiting--;
        if (under.waiting === 0) end(key, under);
      }
    },
  };

  function begin(key: string, work: (signal: AbortSignal) => Promise<T>): Under<T> {
    const ending = new AbortController();
    const under = { result: work(ending.signal), ending, waiting: 0 };
    all.set(key, under);
    return under;
  }

  /** Whoever comes now begins anew. */
  function end(key: string, under: Under<T>): void {
    if (all.get(key) === under) all.delete(key);
    under.result.catch(() => {});
    under.ending.abort(new Error("nobody waits for it any more"));
  }
}
