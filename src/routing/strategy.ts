import type { Pricing } from "../protocol/models.ts";
import type { Strategy } from "../protocol/trace.ts";

/** What a strategy looks at. */
export interface Standing {
  /** Unique among those that are ranked together. */
  readonly key: string;
  readonly weight: number;
  /** Answers that it is producing. */
  readonly busy: number;
  /** Moving average of the time to the first token; `undefined` where it is not known. */
  readonly latencyMs: number | undefined;
  readonly pricing?: Pricing | undefined;
}

/** What a strategy keeps from one choice to the next, for one group of those who are ranked together. */
export interface Draw {
  /** Gives numbers from 0 to below 1. */
  readonly random: () => number;
  /** By key: how much of its share each has not had yet. */
  readonly credit: Map<string, number>;
}

/** Those who could answer, the first to be tried first. */
export function rank<T extends Standing>(list: readonly T[], strategy: Strategy, draw: Draw): readonly T[] {
  switch (strategy) {
    case "order":
      return list;
    case "weighted":
      return byCredit(list, draw.credit);
    case "least_busy":
      return sortBy(list, ({ busy, weight }) => busy / weight);
    case "lowest_latency":
      return withBetterOfTwo(list, draw.random);
    case "cheapest":
      return sortBy(list, ({ pricing }) => (pricing ? blendedPrice(pricing) : Infinity));
  }
}

/** A prompt is usually longer than its answer: three to one is customary in comparisons of prices. */
export function blendedPrice({ input, output }: Pricing): number {
  return (3 * input + output) / 4;
}

/**
 * Everybody is credited with its weight, and the one with the most credit pays for all: over any stretch each gets its
 * share to one answer, which drawing lots would not give small shares (nginx calls it smooth weighted round-robin).
 */
function byCredit<T extends Standing>(list: readonly T[], credit: Map<string, number>): readonly T[] {
  for (const { key, weight } of list) credit.set(key, (credit.get(key) ?? 0) + weight);
  const sorted = sortBy(list, ({ key }) => -(credit.get(key) ?? 0));
  const [first] = sorted;
  const total = list.reduce((sum, { weight }) => sum + weight, 0);
  if (first) credit.set(first.key, (credit.get(first.key) ?? 0) - total);
  return sorted;
}

/**
 * The better of two that are drawn goes first, and the others follow by their latency: always taking the best of all
 * would send everybody to one that has just been fast (Mitzenmacher, 2001). One that is not known yet counts as fast.
 */
function withBetterOfTwo<T extends Standing>(list: readonly T[], random: () => number): readonly T[] {
  const latency = ({ latencyMs }: Standing) => latencyMs ?? 0;
  const sorted = sortBy(list, latency);
  if (sorted.length <= 2) return sorted;
  const one = Math.floor(random() * sorted.length);
  const other = (one + 1 + Math.floor(random() * (sorted.length - 1))) % sorted.length;
  // They are sorted: the one that stands before the other is the better.
  const [first] = sorted.splice(Math.min(one, other), 1);
  return first === undefined ? sorted : [first, ...sorted];
}

/** In ascending order; equal ones stay in theirs. */
function sortBy<T>(list: readonly T[], valueOf: (each: T) => number): T[] {
  return list
    .map((each) => ({ each, value: valueOf(each) }))
    .sort((a, b) => (a.value === b.value ? 0 : a.value - b.value))
    .map(({ each }) => each);
}
