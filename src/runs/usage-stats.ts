import type { UsageCounts } from "../protocol/usage.ts";
import { type NamedCounts, sumUp, type TotalsFound } from "../store/usage-reads.ts";

/** `UsageStats`, as JSON. */
export function encodeUsageStats({ days, models, providers, users }: TotalsFound): string {
  const parts = {
    days: JSON.stringify(days.map(({ name, ...counts }) => ({ date: name, ...round(counts) }))),
    models: toGroup(models),
    providers: toGroup(providers),
    users: toGroup(users),
    totals: JSON.stringify(round(sumUp(days))),
  };
  return `{${Object.entries(parts)
    .map(([name, json]) => `"${name}":${json}`)
    .join(",")}}`;
}

/** In its order, which an object would not keep: a name may be a number. */
function toGroup(counts: readonly NamedCounts[]): string {
  return `{${counts.map(({ name, ...each }) => `${JSON.stringify(name)}:${JSON.stringify(round(each))}`).join(",")}}`;
}

/** Sums of decimal fractions end in noise. */
function round(counts: UsageCounts): UsageCounts {
  return { ...counts, cost: Number(counts.cost.toPrecision(12)) };
}
