import { BoundedMap } from "../lib/bounded-map.ts";
import type { Clock } from "../lib/clock.ts";

/** Moving averages of the time to the first token, in milliseconds, by name. */
export interface Latencies {
  find(name: string): number | undefined;
  observe(name: string, ms: number): void;
}

/** The share of the newest answer in the average: arbitrary, about the last ten count. */
const newestShare = 0.2;
/** An average that nothing renews counts for half after so long, so that who was slow is tried again. */
const halfLifeMs = 5 * 60_000;
/** Names of models come from callers. */
const maxNames = 10_000;

export function createLatencies(clock: Clock): Latencies {
  const latencies = new BoundedMap<string, { readonly ms: number; readonly at: number }>(maxNames);
  return {
    find(name) {
      const known = latencies.get(name);
      return known && known.ms * 2 ** ((known.at - clock()) / halfLifeMs);
    },
    observe(name, ms) {
      const known = latencies.get(name);
      latencies.set(name, { ms: known ? known.ms * (1 - newestShare) + ms * newestShare : ms, at: clock() });
    },
  };
}
