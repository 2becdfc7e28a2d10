import { setImmediate as turn } from "node:timers/promises";

/** What looks at each of many things, again and again. */
export interface Looking extends Disposable {
  /** Looks at all of them now. */
  now(): Promise<void>;
}

/** Those that are looked at in one turn of the event loop: each may be a look into the database. */
const atOnce = 200;

/**
 * @param all may change meanwhile: what has gone is not looked at
 * @param look must not throw
 */
export function lookNowAndThen<T>(all: Iterable<T>, look: (each: T) => void, everyMs: number): Looking {
  const timer = setInterval(() => void now(), everyMs);
  timer.unref();
  return { now, [Symbol.dispose]: () => clearInterval(timer) };

  async function now(): Promise<void> {
    let looked = 0;
    for (const each of all) {
      look(each);
      if (++looked % atOnce === 0) await turn();
    }
  }
}
