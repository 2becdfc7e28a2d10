import type { UsageCounts } from "../../protocol/usage.ts";
import { toCount, toCountOf, toDollars, toShortCount } from "../parts/amounts.ts";

/** What the charts show of usage. */
export type Measure = "tokens" | "cost" | "requests";

interface MeasureKind {
  readonly label: string;
  /** What a bar is made of, from its foot; the second is hatched. */
  readonly parts: (counts: UsageCounts) => readonly number[];
  readonly tell: (counts: UsageCounts) => string;
  /** On the axis. */
  readonly toTick: (value: number) => string;
}

export const measures: Readonly<Record<Measure, MeasureKind>> = {
  tokens: {
    label: "Tokens",
    parts: ({ prompt_tokens, total_tokens }) => [prompt_tokens, Math.max(0, total_tokens - prompt_tokens)],
    tell: ({ prompt_tokens, completion_tokens }) =>
      `${toCount(prompt_tokens)} tokens in, ${toCount(completion_tokens)} out`,
    toTick: toShortCount,
  },
  cost: {
    label: "Cost",
    parts: ({ cost }) => [cost],
    tell: ({ cost }) => toDollars(cost),
    toTick: (value) => `$${value < 1 ? Number(value.toPrecision(2)) : toShortCount(value)}`,
  },
  requests: {
    label: "Requests",
    parts: ({ requests }) => [requests],
    tell: ({ requests }) => toCountOf(requests, "request", "requests"),
    toTick: toShortCount,
  },
};

export function amountOf(measure: Measure, counts: UsageCounts): number {
  return measures[measure].parts(counts).reduce((sum, part) => sum + part, 0);
}

/** The values of an axis from 0 up: round ones, the last of which nothing exceeds. */
export function toTicks(most: number, isWhole: boolean): number[] {
  if (most <= 0) return [0, 1];
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const round = ([1, 2, 2.5, 5, 10].find((each) => each * power >= rough) ?? 10) * power;
  const step = isWhole ? Math.max(1, Math.ceil(round)) : round;
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, index) => index * step);
}
