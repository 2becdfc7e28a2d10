import { createDeferred } from "./deferred.ts";

/** The id of a run that is still to be told. */
export interface RunId {
  /** Whoever does not ask for it need not catch it. */
  readonly promise: Promise<string>;
  readonly known: string | undefined;
  learn(id: string): void;
  fail(thrown: unknown): void;
}

export function createRunId(): RunId {
  let known: string | undefined;
  const { promise, resolve, reject } = createDeferred<string>();
  return {
    promise,
    get known() {
      return known;
    },
    learn(id) {
      known = id;
      resolve(id);
    },
    fail: reject,
  };
}
