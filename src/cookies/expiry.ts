/** More than any date in seconds, and less than any of these years in milliseconds. */
const mostSeconds = 1e11;
/** The end of what a `Date` can hold. */
const mostMs = 8.64e15;

/**
 * When a cookie expires, in milliseconds since 1970; null where it does not. Files say so in seconds, in milliseconds or as
 * a date, and 0, -1 or a date before 1970 where the browser would have let it end with its session.
 */
export function toExpiry(told: unknown): number | null {
  if (typeof told === "number" || (typeof told === "string" && /^-?\d+(\.\d+)?$/.test(told.trim()))) {
    const number = Number(told);
    if (!(number > 0)) return null;
    return Math.min(mostMs, Math.round(number > mostSeconds ? number : number * 1000));
  }
  const ms = typeof told === "string" ? Date.parse(told) : NaN;
  return Number.isNaN(ms) || ms < 0 ? null : ms;
}
