import { type Clock, dayMs } from "./clock.ts";

/** A jump up to this is believed at once: machines sleep over a weekend. */
const believedMs = 3 * dayMs;
/** After so long that it stays, any is: in milliseconds that have really passed. */
const provenMs = dayMs;

/**
 * A clock for what deletes what is old. Where the time jumps far ahead, as after the loss of a battery or by a slip of
 * whoever sets it, all would be old at once: so it goes on as before, for a day; by then somebody has seen it, or it is true.
 *
 * @param elapsed milliseconds that have really passed, since whenever
 * @param last when something was certainly still right: a jump may lie between an end and a start; `undefined` where nothing was
 */
export function createCalmClock(clock: Clock, elapsed: () => number, last: number | undefined): Clock {
  let right = last ?? clock();
  let rightAt = elapsed();
  let doubtedAt: number | undefined;

  return () => {
    const now = clock();
    const at = elapsed();
    const expected = right + (at - rightAt);
    if (now > expected + believedMs) {
      doubtedAt ??= at;
      if (at - doubtedAt < provenMs) return expected;
    }
    doubtedAt = undefined;
    // Set back, it deletes less, and comes back without a jump.
    if (now > expected) {
      right = now;
      rightAt = at;
    }
    return now;
  };
}
