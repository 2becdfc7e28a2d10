import { BoundedMap } from "../lib/bounded-map.ts";
import type { Provider } from "../providers/provider.ts";
import type { Route } from "./route.ts";

/** Whose turn it is: what the router keeps from one decision to the next. */
export interface Draws {
  /** The number of the key whose turn it is. Where it is taken, the next one's is next. */
  keyOf(provider: Provider, isTaken: boolean): number;
  /** By candidate: how much of its share each of a route, or of no route, has not had yet. */
  creditOf(route: Route | undefined): Map<string, number>;
  /** For a decision that is not carried out. */
  copy(): Draws;
}

/** Names of models come from callers. */
const maxCredits = 1_000;

export function createDraws(
  turns = new Map<string, number>(),
  credits = new Map<string, BoundedMap<string, number>>(),
): Draws {
  return {
    keyOf({ name, keyCount }, isTaken) {
      const turn = turns.get(name) ?? 0;
      if (isTaken) turns.set(name, (turn + 1) % keyCount);
      return turn;
    },
    creditOf(route) {
      const name = route?.name ?? "";
      const credit = credits.get(name) ?? new BoundedMap<string, number>(maxCredits);
      credits.set(name, credit);
      return credit;
    },
    copy() {
      const copies = [...credits].map(([name, credit]) => {
        const copy = new BoundedMap<string, number>(maxCredits);
        for (const [key, value] of credit) copy.set(key, value);
        return [name, copy] as const;
      });
      return createDraws(new Map(turns), new Map(copies));
    },
  };
}
