import { type ParsedComponents, parse } from "chrono-node";

const between =
  /^(?:how many (?:days|weeks)|how long)\b.*?\b(?:until|till|to|since|from|between)\b|^(?:days|weeks) (?:until|till|since|between)\b/i;
const weekday = /^(?:what|which) (?:day|weekday)(?: of the week)?(?: is| was| will be)?\b/i;
const what = /^(?:what(?:'s| is)(?: the)? (?:date|day)|when is|what date(?: is)?)\b/i;
const from = /^(?:in )?\d+ (?:days?|weeks?|months?|years?)(?: from now| from today| ago)?$/i;
const today = /^(?:what(?:'s| is) (?:the date|today'?s date)|what day is (?:it|today)|today'?s date)(?: today)?$/i;

const time = /^what(?:'s| is)? (?:the )?time(?: is it)?(?: now)?$/i;

const names: readonly (readonly [RegExp, string])[] = [
  [/\bchristmas eve\b/gi, "24 December"],
  [/\bchristmas(?: day)?\b/gi, "25 December"],
  [/\bnew year'?s eve\b/gi, "31 December"],
  [/\bnew year(?:'?s day)?\b/gi, "1 January"],
  // Dots part day, month and year in the countries that write them so.
  [/\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b/g, "$3-$2-$1"],
  [/\b(\d{4})-(\d)-/g, "$1-0$2-"],
  [/\b(\d{4}-\d{2})-(\d)\b/g, "$1-0$2"],
];

const dayMs = 86_400_000;

/** Answers questions of days: `how many days until 25 December?`, `what is the date in 3 weeks?`. */
export function answerDates(question: string, now: number): string | undefined {
  const text = names.reduce((left, [name, date]) => left.replace(name, date), question.trim().replace(/[\s?]+$/, ""));
  if (today.test(text)) return `Today is ${formatDay(now)}.`;
  if (time.test(text))
    return `It is ${new Date(now).toLocaleTimeString("en-GB", { timeStyle: "short" })} where I run, ${formatDay(now)}.`;
  const isBetween = between.test(text);
  if (!isBetween && !weekday.test(text) && !what.test(text) && !from.test(text)) return undefined;
  const rest = text.replace(weekday, "").replace(what, "");
  if (!(rest.match(/\b\d{4}-\d{2}-\d{2}\b/g) ?? []).every(isDay)) return undefined;
  const isPast = /\bsince\b|\bago\b/i.test(text);
  const [first, second] = parse(rest, new Date(now), { forwardDate: !isPast });
  if (!first) return undefined;
  const start = toDay(first.start, isPast ? now : undefined);
  const reading = /\b\d{1,2}\/\d{1,2}\/\d{2,4}\b/.test(rest) ? " (read as month/day/year)" : "";
  if (!isBetween) return `${capitalise(first.text)} is ${formatDay(start)}${reading}.`;
  const other = first.end ?? second?.start;
  const end = other ? toDay(other) : noon(new Date(now));
  const days = Math.abs(Math.round((start - end) / dayMs));
  const weeks = Math.floor(days / 7);
  const inWeeks = weeks >= 2 ? ` (${weeks} weeks${days % 7 ? ` and ${plural(days % 7, "day")}` : ""})` : "";
  const [earlier, later] = [Math.min(start, end), Math.max(start, end)];
  return `Between ${formatDay(earlier)} and ${formatDay(later)} there ${days === 1 ? "is" : "are"} ${plural(days, "day")}${inWeeks}${reading}.`;
}

/** The day of what was said; without a year, `since` means the last such day. */
function toDay(said: ParsedComponents, before?: number): number {
  const day = said.date();
  if (before !== undefined && !said.isCertain("year") && day.getTime() > before) day.setFullYear(day.getFullYear() - 1);
  return noon(day);
}

/** Noon of the local day: whole days apart, whatever the clocks do in between. */
function noon(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate(), 12).getTime();
}

/** Whether there is such a day: 2027 has no 29 February. */
function isDay(iso: string): boolean {
  const day = new Date(`${iso}T12:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(iso);
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

function formatDay(ms: number): string {
  return new Date(ms).toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" });
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
