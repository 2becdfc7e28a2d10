import { type Command, InvalidArgumentError } from "commander";
import type { KeyLimitColumns } from "../../store/access-keys.ts";

/** As Commander hands it on: null would become an empty text. */
type Typed = number | "default";

/** The limits of a key, as they were typed; `default` is the settings'. */
export interface LimitOptions {
  readonly tokensPerDay?: Typed;
  readonly costPerDay?: Typed;
  readonly rate?: Typed;
  readonly runRate?: Typed;
  readonly concurrency?: Typed;
}

type Parse = (typed: string) => Typed;

/** Each is 0 for no limit. @param otherwise what holds where it is left out @param wrap what else may be typed */
export function withLimits(
  command: Command,
  otherwise = "else the setting's",
  wrap: (parse: Parse) => Parse = (parse) => parse,
): Command {
  const none = `0 for no limit, ${otherwise}`;
  return command
    .option("--tokens-per-day <number>", `its budget, in tokens; ${none}`, wrap(toCount(1e12)))
    .option("--cost-per-day <dollars>", `its budget, in US dollars; ${none}`, wrap(toAmount))
    .option("--rate <number/min>", `how many requests it may send; ${none}`, wrap(toRate))
    .option("--run-rate <number/min>", `how many answers it may have; ${none}`, wrap(toRate))
    .option("--concurrency <number>", `how many answers at once; ${none}`, wrap(toCount(1e6)));
}

/** What was typed, and nothing else. */
export function toColumns(options: LimitOptions): Partial<KeyLimitColumns> {
  const { tokensPerDay, costPerDay, rate, runRate, concurrency } = options;
  return {
    ...(tokensPerDay !== undefined && { tokens_per_day: toKept(tokensPerDay) }),
    ...(costPerDay !== undefined && { cost_per_day: toKept(costPerDay) }),
    ...(rate !== undefined && { requests_per_minute: toKept(rate) }),
    ...(runRate !== undefined && { runs_per_minute: toKept(runRate) }),
    ...(concurrency !== undefined && { max_runs: toKept(concurrency) }),
  };
}

function toKept(typed: Typed): number | null {
  return typed === "default" ? null : typed;
}

/** What a key has of its own; what it has of the settings, `parley config print` says. */
export function tellLimits({ requests_per_minute, runs_per_minute, max_runs }: KeyLimitColumns): string {
  const tell = (count: number | null, words: string) =>
    count === null ? [] : [count === 0 ? `any ${words}` : `${count} ${words}`];
  return [
    ...tell(requests_per_minute, "requests/min"),
    ...tell(runs_per_minute, "answers/min"),
    ...tell(max_runs, "at once"),
  ].join(", ");
}

export function orDefault(parse: Parse): Parse {
  return (typed) => (typed === "default" ? typed : parse(typed));
}

function toNumber(least: number, most: number) {
  return (typed: string): number => {
    const number = typed.trim() === "" ? NaN : Number(typed);
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Expected a number from ${least} to ${most}.`);
  };
}

/** How many days a key is good for. */
export const toDays = toNumber(0.001, 36_500);

const toAmount = toNumber(0, 1e6);

function toCount(most: number) {
  const toAny = toNumber(0, most);
  return (typed: string): number => Math.round(toAny(typed));
}

function toRate(typed: string): number {
  const [, count] = /^(\d{1,7})(?:\/min)?$/.exec(typed) ?? [];
  if (count !== undefined && Number(count) <= 1e6) return Number(count);
  throw new InvalidArgumentError("Expected a number for each minute, up to 1000000, such as 60/min.");
}
