import { type Clock, toTime } from "../lib/clock.ts";
import { tryParseJson } from "../lib/json.ts";
import type { Log } from "../lib/log.ts";
import type { CookieDomain, CookieUpload } from "../protocol/cookies.ts";
import { ApiError } from "../protocol/errors.ts";
import { type CookieRow, type CookieTable, lostKey } from "../store/cookies.ts";
import { type Cookie, toDomain } from "./cookie.ts";
import { cookiesFor, domainsOf } from "./match.ts";
import { readCookieFile } from "./read-file.ts";
import { toRow } from "./row.ts";

/** The operator's cookies, which providers under their domains are sent. */
export interface CookieJar {
  /**
   * Puts the cookies of a file in the place of what their domains had, all or none; in force when it resolves.
   *
   * @throws {ApiError} `invalid_request`, `wrong_secret_key`, `storage_full`
   */
  upload(path: string): Promise<CookieUpload["domains"]>;
  list(): Promise<CookieDomain[]>;
  /** @throws {ApiError} `not_found` */
  remove(domain: string): Promise<CookieUpload["domains"][number]>;
  /** What goes along with a request to an address. It never throws: without cookies a request may still succeed. */
  find(url: URL): Promise<readonly Cookie[]>;
  /** Removes those that have expired, and gives the number of their domains. */
  sweep(now: number): Promise<number>;
}

export interface CookieJarParts {
  readonly table: CookieTable;
  readonly clock: Clock;
  readonly log: Log;
}

export function createCookieJar({ table, clock, log }: CookieJarParts): CookieJar {
  const complained = new Set<string>();

  return {
    async upload(path) {
      const rows = await readCookieFile({ path, now: clock() });
      await table.save(rows);
      return rows.map(({ domain, cookies }) => ({ domain, cookies }));
    },

    list: async () =>
      (await table.list()).map((row) => ({
        domain: row.domain,
        cookies: row.cookies,
        first_expiry: toTime(row.first_expiry),
        last_expiry: toTime(row.last_expiry),
        uploaded_at: toTime(row.uploaded_at),
        readable: row.isReadable,
      })),

    async remove(text) {
      const domain = toDomain(text);
      const cookies = domain === undefined ? undefined : await table.remove(domain);
      if (domain === undefined || cookies === undefined)
        throw new ApiError("not_found", "there are no cookies of this domain");
      return { domain, cookies };
    },

    async find(url) {
      const host = toDomain(url.hostname);
      if (host === undefined) return [];
      try {
        const rows = await table.find(domainsOf(host));
        const cookies = await Promise.all(rows.map(open));
        return cookiesFor(url, host, cookies.flat(), clock());
      } catch (error) {
        log.error("cookies could not be read", { error });
        return [];
      }
    },

    async sweep(now) {
      const rows = await table.listExpired(now);
      for (const row of rows) {
        const left = (await open(row)).filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
        await table.replace(row, left.length === 0 ? undefined : toRow(row.domain, left, row.uploaded_at));
      }
      return rows.length;
    },
  };

  /** None where they cannot be opened: that is said once, and not at every request. */
  async function open(row: CookieRow): Promise<Cookie[]> {
    const json = await table.open(row);
    // Written by us, and not changed since: the seal says so.
    if (json !== undefined) return (tryParseJson(json) ?? []) as Cookie[];
    if (!complained.has(row.domain)) log.warn(lostKey([row]).message);
    complained.add(row.domain);
    return [];
  }
}
