/** How days and times are told on every page: by this device's clock, or by UTC where it says so. */

type At = string | number | Date;

const dayForm = { day: "numeric", month: "short", year: "numeric" } as const;
const days = new Intl.DateTimeFormat("en-GB", dayForm);
const moments = new Intl.DateTimeFormat("en-GB", { ...dayForm, hour: "2-digit", minute: "2-digit" });
const times = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const months = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric" });
const utcDays = new Intl.DateTimeFormat("en-GB", { ...dayForm, timeZone: "UTC" });
const shortUtcDays = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

/** `28 Nov 2026` */
export const toDay = (at: At) => days.format(new Date(at));

/** `28 Nov 2026, 14:05` */
export const toMoment = (at: At) => moments.format(new Date(at));

/** `14:05:12` of today, and else with its day. */
export function toRecentMoment(at: At, now: number): string {
  return toDay(at) === toDay(now) ? times.format(new Date(at)) : toMoment(at);
}

/** `November 2026` */
export const toMonth = (at: At) => months.format(new Date(at));

/** `28 Nov 2026`, by UTC. */
export const toUtcDay = (at: At) => utcDays.format(new Date(at));

/** `28 Nov`, by UTC, where the year is clear. */
export const toShortUtcDay = (at: At) => shortUtcDays.format(new Date(at));
