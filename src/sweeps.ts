import type { Config } from "./config/load.ts";
import type { CookieJar } from "./cookies/jar.ts";
import type { Sessions } from "./http/sessions.ts";
import { type Clock, dayMs, utcDay } from "./lib/clock.ts";
import type { Shares } from "./shares/shares.ts";
import type { Cache } from "./store/cache.ts";
import { claimMs } from "./store/claims.ts";
import type { Sweep } from "./store/expiry.ts";
import type { Store } from "./store/index.ts";
import { responseMs } from "./store/responses.ts";

export interface SweepsParts {
  readonly config: Config;
  readonly store: Store;
  readonly cookies: CookieJar;
  readonly sessions: Sessions;
  readonly cache: Cache;
  readonly shares: Shares;
  readonly clock: Clock;
  /** By which nothing is old because a clock has jumped. */
  readonly calm: Clock;
}

/** What is kept for a while, and how what is over goes. */
export function toSweeps({
  config,
  store,
  cookies,
  sessions,
  cache,
  shares,
  clock,
  calm,
}: SweepsParts): Readonly<Record<string, Sweep>> {
  const keepUsageDays = config.usage_retention;
  return {
    "entries of the log": () => store.clientLog.removeBefore(calm() - config.log_retention * dayMs),
    "Idempotency-Keys": () => store.claims.removeBefore(calm() - claimMs),
    "what vendors want back": () => store.callStates.removeExpired(calm()),
    responses: () => store.responses.removeBefore(calm() - responseMs),
    cookies: () => cookies.sweep(calm()),
    sessions: () => sessions.sweep(calm()),
    "searches, pages and answers of the cache": () => cache.removeBefore(clock()),
    "shared chats": () => shares.sweep(calm()),
    "rows of usage": async () =>
      keepUsageDays === 0 ? 0 : store.usage.removeBefore(utcDay(calm() - (keepUsageDays - 1) * dayMs)),
  };
}
