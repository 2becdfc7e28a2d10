/** Milliseconds since 1970. Passed in, so that a test can set the time. */
export type Clock = () => number;

/** What is left alone for a while must not be left alone for ever: this one is never set back. A test's clock is taken as it is. */
export function toSteadyClock(clock: Clock): Clock {
  return clock === Date.now ? () => performance.timeOrigin + performance.now() : clock;
}

/** Whole milliseconds between two looks at a clock, which may have been set back in between. */
export function msSince(startedAt: number, now: number): number {
  return Math.max(0, Math.round(now - startedAt));
}

export const dayMs = 86_400_000;

/** When the UTC day of a moment ends. */
export function dayEnd(ms: number): number {
  return (Math.floor(ms / dayMs) + 1) * dayMs;
}

/** As answers and files tell it: ISO 8601, UTC. */
export function toTime(ms: number): string;
export function toTime(ms: number | null): string | null;
export function toTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** In whole seconds since 1970. */
export function toSeconds(ms: number): number {
  return Math.floor(ms / 1000);
}

/** The UTC day of a moment: `2026-11-24`. */
export function utcDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
