export interface Limits {
  readonly signal?: AbortSignal | undefined;
  readonly ms?: number;
  /** What is thrown when the time is over. */
  readonly late?: unknown;
}

/** What a promise gives, unless its time is over or the signal aborts before: then it is left alone. @throws the signal's reason */
export function until<T>(promise: PromiseLike<T>, { signal, ms, late }: Limits): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const leave = () => end(() => reject(signal?.reason));
    const timer = ms === undefined ? undefined : setTimeout(() => end(() => reject(late)), ms);
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", leave);
      settle();
    };
    signal?.addEventListener("abort", leave);
    if (signal?.aborted) leave();
    promise.then(
      (value) => end(() => resolve(value)),
      (thrown: unknown) => end(() => reject(thrown)),
    );
  });
}

/** @throws the signal's reason */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout>;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  return until(over, { signal }).finally(() => clearTimeout(timer));
}
