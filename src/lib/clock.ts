/** Milliseconds since 1970. Passed in, so that a test can set the time. */
export type Clock = () => number;

/** The UTC day of a moment: `2026-11-24`. */
export function utcDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
