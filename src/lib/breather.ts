import { setImmediate as turn } from "node:timers/promises";

/**
 * For work that takes long: called at every step, it now and then gives what is to be awaited before the next, so that
 * everybody else has a turn, and nobody waits for longer than a step and some milliseconds.
 */
export function createBreather(ms = 4): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < ms) return undefined;
    return turn().then(() => void (since = performance.now()));
  };
}
