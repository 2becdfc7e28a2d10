import type { UsageCounts } from "../../protocol/usage.ts";
import { dayMs, utcDay } from "../../lib/clock.ts";
import { toShortUtcDay, toUtcDay } from "../parts/moments.ts";

export const lengths = ["7", "30", "90", "365"] as const;
export type Length = (typeof lengths)[number];

export interface Day extends UsageCounts {
  readonly date: string;
}

/** A bar of the chart: a day, or several in a row. */
export interface Period extends UsageCounts {
  /** As ISO dates; both are the same for a day. */
  readonly from: string;
  readonly to: string;
}

/** Of so many days a bar each; of more, a bar for each week. */
const mostBars = 92;

/** The server tells the days that have any; here are all of the last `length` ones up to `today`, in UTC. */
export function toPeriods(days: readonly Day[], length: number, today: string): Period[] {
  const byDate = new Map(days.map((day) => [day.date, day]));
  const end = Date.parse(today);
  const all = Array.from({ length }, (_, index): Period => {
    const date = utcDay(end - (length - 1 - index) * dayMs);
    return { ...none, ...toCounts(byDate.get(date)), from: date, to: date };
  });
  if (length <= mostBars) return all;
  // The last bar ends today, so that it is as full as the others.
  const first = length % 7;
  return [all.slice(0, first), ...chunks(all.slice(first), 7)].filter((each) => each.length > 0).map(join);
}

export function addUp(all: readonly UsageCounts[]): UsageCounts {
  return all.reduce(
    (sum, each) => ({
      requests: sum.requests + each.requests,
      prompt_tokens: sum.prompt_tokens + each.prompt_tokens,
      completion_tokens: sum.completion_tokens + each.completion_tokens,
      saved_tokens: sum.saved_tokens + each.saved_tokens,
      total_tokens: sum.total_tokens + each.total_tokens,
      cost: sum.cost + each.cost,
    }),
    none,
  );
}

/** `24 Nov`, or the days from the first to the last; with the year where it is asked for. */
export function toDayName({ from, to }: Pick<Period, "from" | "to">, withYear = false): string {
  const last = withYear ? toUtcDay(to) : toShortUtcDay(to);
  return from === to ? last : `${toShortUtcDay(from)} to ${last}`;
}

const none: UsageCounts = {
  requests: 0,
  prompt_tokens: 0,
  completion_tokens: 0,
  saved_tokens: 0,
  total_tokens: 0,
  cost: 0,
};

function toCounts(day: Day | undefined): Partial<UsageCounts> {
  if (!day) return {};
  const { date: _, ...counts } = day;
  return counts;
}

function join(days: readonly Period[]): Period {
  return { ...addUp(days), from: days[0]?.from ?? "", to: days.at(-1)?.to ?? "" };
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}
