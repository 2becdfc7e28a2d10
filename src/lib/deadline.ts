/** A signal that aborts by itself when too much time passes. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Aborts its signal with `reason()` when `ms` have passed, or with the parent's reason when `parent` aborts. Dispose it when what it guards has ended, else its timer lives on.
 */
export function openDeadline(parent: AbortSignal, ms: number, reason: () => Error): Deadline {
  const controller = new AbortController();
  const follow = () => controller.abort(parent.reason);
  if (parent.aborted) follow();
  else parent.addEventListener("abort", follow, { once: true });
  const timer = setTimeout(() => controller.abort(reason()), ms);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      parent.removeEventListener("abort", follow);
    },
  };
}

/** What `promise` gives, or `undefined` when it takes longer than `ms`; no timer is left behind. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, ms, undefined);
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
