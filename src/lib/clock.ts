/** Milliseconds since 1970. Passed in, so that a test can set the time. */
export type Clock = () => number;

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
