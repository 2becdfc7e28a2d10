import { parse } from "chrono-node";

const between = /^how (?:many|long).*?\b(days|weeks)?\b.*?\b(?:until|till|to|since|from|between)\b/i;
const weekday = /^(?:what|which) (?:day|weekday)(?: of the week)?\b/i;
const what = /^(?:what(?:'s| is)(?: the)? (?:date|day)|when is|what date)\b/i;
const today =
  /^(?:what(?:'s| is) (?:the date|today'?s date)|what day is (?:it|today)|today'?s date)(?: today)?\s*\??$/i;

const dayMs = 86_400_000;

/** Answers questions of days: `how many days until 25 December?`, `what is the date in 3 weeks?`. */
export function answerDates(question: string, now: number): string | undefined {
  const text = question.trim();
  if (today.test(text)) return `Today is ${formatDay(now)}.`;
  if (!between.test(text) && !weekday.test(text) && !what.test(text)) return undefined;
  const [first, second] = parse(text, new Date(now), { forwardDate: !/\bsince\b/i.test(text) });
  if (!first) return undefined;
  const start = toDay(first.date());
  if (!between.test(text)) return `${capitalise(first.text)} is ${formatDay(start)}.`;
  const other = first.end ?? second?.start;
  const end = other ? toDay(other.date()) : toDay(new Date(now));
  const days = Math.abs(Math.round((start - end) / dayMs));
  const count = days === 1 ? "1 day" : `${days} days`;
  const weeks = days >= 14 ? ` (${Math.floor(days / 7)} weeks${days % 7 ? ` and ${days % 7} days` : ""})` : "";
  return `Between ${formatDay(Math.min(start, end))} and ${formatDay(Math.max(start, end))} there are ${count}${weeks}.`;
}

/** Noon of the local day: whole days apart, whatever the clocks do in between. */
function toDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate(), 12).getTime();
}

function formatDay(ms: number): string {
  return new Date(ms).toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" });
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
