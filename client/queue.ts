/** What comes for one reader, in order. */
export interface Queue<T> extends AsyncIterator<T, void, undefined> {
  /** How many wait, and how large they are in all. */
  readonly length: number;
  readonly size: number;
  /** When somebody last wanted to have one, by `performance.now()`. */
  readonly takenAt: number;
  push(value: T, size?: number): void;
  /** Drops the oldest. */
  drop(): void;
  /** No more comes. What waits is read before the reader is told, or thrown what it failed with; the first end counts. */
  end(failure?: Error): void;
  /** What waits is not read any more. */
  clear(): void;
}

/** `onTaken` is called whenever something was, or is being waited for. */
export function createQueue<T>(onTaken: () => void = () => {}): Queue<T> {
  let waiting: { readonly value: T; readonly size: number }[] = [];
  let size = 0;
  let takenAt = performance.now();
  let ended: { readonly failure: Error | undefined } | undefined;
  let sleepers: (() => void)[] = [];

  const queue: Queue<T> = {
    get length() {
      return waiting.length;
    },
    get size() {
      return size;
    },
    get takenAt() {
      return takenAt;
    },
    push(value, itsSize = 0) {
      if (ended) return;
      waiting.push({ value, size: itsSize });
      size += itsSize;
      wake();
    },
    drop: () => void take(),
    end(failure) {
      ended ??= { failure };
      wake();
    },
    clear() {
      waiting = [];
      size = 0;
    },
    async next() {
      for (;;) {
        const taken = take();
        takenAt = performance.now();
        onTaken();
        if (taken) return { done: false, value: taken.value };
        if (ended?.failure) throw ended.failure;
        if (ended) return { done: true, value: undefined };
        await new Promise<void>((resolve) => sleepers.push(resolve));
      }
    },
  };
  return queue;

  function wake(): void {
    for (const resolve of sleepers) resolve();
    sleepers = [];
  }

  function take(): { readonly value: T; readonly size: number } | undefined {
    const taken = waiting.shift();
    size -= taken?.size ?? 0;
    return taken;
  }
}
