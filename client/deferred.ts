/** A promise, and how it is settled: `Promise.withResolvers`, which Node has from 22 on. */
export interface Deferred<T> {
  /** Whoever does not ask for it need not catch it. */
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (thrown: unknown) => void;
}

export function createDeferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (thrown: unknown) => void;
  const promise = new Promise<T>((...settle) => {
    [resolve, reject] = settle;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}
