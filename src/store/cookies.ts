import type { Database } from "bun:sqlite";
import { ApiError } from "../protocol/errors.ts";
import { keyCure, type Secrets } from "./secrets.ts";
import type { Writer } from "./writer.ts";

/** The cookies of one domain, and what may be told of them. */
export interface CookieRow {
  /** In lower case and ASCII, without a dot before it. */
  readonly domain: string;
  /** JSON, sealed: names and values are read by nobody but who sends them. */
  readonly sealed: Uint8Array;
  readonly cookies: number;
  /** Of those that expire, in milliseconds since 1970; null where none does. */
  readonly first_expiry: number | null;
  readonly last_expiry: number | null;
  readonly uploaded_at: number;
}

/** The same, before it is sealed. */
export interface NewCookies extends Omit<CookieRow, "sealed"> {
  readonly json: string;
}

export interface CookieTable {
  /** Puts them in the place of what their domains had, all or none. @throws {ApiError} `wrong_secret_key` */
  save(rows: readonly NewCookies[]): Promise<void>;
  /** Puts what is left in the place of a row, unless it has changed since. */
  replace(row: CookieRow, left: NewCookies | undefined): Promise<void>;
  list(): Promise<CookieRow[]>;
  /** Those of these domains that have any. */
  find(domains: readonly string[]): Promise<CookieRow[]>;
  /** Those of which one has expired. */
  listExpired(now: number): Promise<CookieRow[]>;
  /** Their JSON; `undefined` where the key is another. */
  open(row: CookieRow): Promise<string | undefined>;
  /** Whether the key is here that they were sealed with. */
  isReadable(row: CookieRow): boolean;
  /** Gives what was removed. */
  remove(domain: string): Promise<CookieRow | undefined>;
}

const columns = "domain, sealed, cookies, first_expiry, last_expiry, uploaded_at";

export function openCookieTable(database: Database, writer: Writer, secrets: Secrets): CookieTable {
  const save = database.query(
    `INSERT OR REPLACE INTO cookies (${columns})
     VALUES ($domain, $sealed, $cookies, $first_expiry, $last_expiry, $uploaded_at)`,
  );
  const list = database.query<CookieRow, []>(`SELECT ${columns} FROM cookies ORDER BY domain`);
  const find = database.query<CookieRow, [string]>(
    `SELECT ${columns} FROM cookies WHERE domain IN (SELECT value FROM json_each(?))`,
  );
  const listExpired = database.query<CookieRow, [number]>(`SELECT ${columns} FROM cookies WHERE first_expiry <= ?`);
  const remove = database.query<CookieRow, [string]>(`DELETE FROM cookies WHERE domain = ? RETURNING ${columns}`);
  const removeSame = database.query("DELETE FROM cookies WHERE domain = ? AND sealed = ?");

  const seal = async ({ json, ...row }: NewCookies): Promise<CookieRow> => ({
    ...row,
    sealed: await secrets.seal(place(row), json),
  });

  return {
    async save(rows) {
      const sealed = await Promise.all(rows.map(seal));
      await writer.write(() => {
        const replaced = new Set(sealed.map(({ domain }) => domain));
        // With two keys some would be lost whichever of them is there.
        const lost = list.all().filter((row) => !replaced.has(row.domain) && !secrets.hasKeyOf(row.sealed));
        if (lost.length > 0) throw lostKey(lost);
        for (const row of sealed) save.run({ ...row });
      });
    },
    async replace(row, left) {
      const sealed = left && (await seal(left));
      await writer.write(() => {
        if (removeSame.run(row.domain, row.sealed).changes > 0 && sealed) save.run({ ...sealed });
      });
    },
    list: async () => list.all(),
    find: async (domains) => find.all(JSON.stringify(domains)),
    listExpired: async (now) => listExpired.all(now),
    open: async (row) => (await secrets.open(place(row), row.sealed))?.toString(),
    isReadable: ({ sealed }) => secrets.hasKeyOf(sealed),
    remove: (domain) => writer.write(() => remove.get(domain) ?? undefined),
  };
}

function place({ domain }: Pick<CookieRow, "domain">): string {
  return `cookies/${domain}`;
}

export function lostKey(rows: readonly CookieRow[]): ApiError {
  const named = rows.slice(0, 3).map(({ domain }) => domain);
  const domains = named.join(", ") + (rows.length > named.length ? ", …" : "");
  return new ApiError(
    "wrong_secret_key",
    `the cookies of ${domains} were encrypted with a key that is not here: ${keyCure}, or delete those cookies`,
  );
}
