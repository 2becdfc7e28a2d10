import type { Database } from "bun:sqlite";
import { setImmediate as turn } from "node:timers/promises";
import { ApiError } from "../protocol/errors.ts";
import { headBytes, keyCure, type Secrets } from "./secrets.ts";
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

/** What may be told of them. */
export interface CookieInfo extends Omit<CookieRow, "sealed"> {
  /** Whether the key is here that they were sealed with. */
  readonly isReadable: boolean;
}

export interface CookieTable {
  /**
   * Puts them in the place of what their domains had, all or none.
   *
   * @throws {ApiError} `wrong_secret_key`, `storage_full`
   */
  save(rows: readonly NewCookies[]): Promise<void>;
  /** Puts what is left in the place of a row, unless it has changed since. */
  replace(row: CookieRow, left: NewCookies | undefined): Promise<void>;
  list(): Promise<CookieInfo[]>;
  /** Those of these domains that have any. */
  find(domains: readonly string[]): Promise<CookieRow[]>;
  /** Some of those of which one has expired, and which can be opened. */
  listExpired(now: number): Promise<CookieRow[]>;
  /** Their JSON; `undefined` where the key is another. */
  open(row: CookieRow): Promise<string | undefined>;
  /** Gives how many there were. */
  remove(domain: string): Promise<number | undefined>;
}

const told = "domain, cookies, first_expiry, last_expiry, uploaded_at";
const columns = `${told}, sealed`;

/** Of all uploads together. */
const maxDomains = 1000;
/** How many are looked at in one step, and how much is sealed: a few milliseconds. */
const atOnce = 100;
const sealedAtOnce = 1024 * 1024;

export function openCookieTable(database: Database, writer: Writer, secrets: Secrets): CookieTable {
  const save = database.query(
    `INSERT OR REPLACE INTO cookies (${columns})
     VALUES ($domain, $cookies, $first_expiry, $last_expiry, $uploaded_at, $sealed)`,
  );
  // The head says which key it was: what is sealed may be large.
  const list = database.query<CookieRow, []>(
    `SELECT ${told}, substr(sealed, 1, ${headBytes}) AS sealed FROM cookies ORDER BY domain`,
  );
  // Asked before every request to a provider, and most installations have none.
  const any = database.query("SELECT 1 FROM cookies LIMIT 1");
  const find = database.query<CookieRow, [string]>(
    `SELECT ${columns} FROM cookies WHERE domain IN (SELECT value FROM json_each(?))`,
  );
  const listExpired = database.query<CookieRow, [number]>(
    `SELECT ${columns} FROM cookies WHERE first_expiry <= ? ORDER BY domain`,
  );
  const remove = database.query<{ cookies: number }, [string]>(
    "DELETE FROM cookies WHERE domain = ? RETURNING cookies",
  );
  const removeSame = database.query("DELETE FROM cookies WHERE domain = ? AND sealed = ?");

  const seal = async ({ json, ...row }: NewCookies): Promise<CookieRow> => ({
    ...row,
    sealed: await secrets.seal(place(row), json),
  });

  return {
    async save(rows) {
      const sealed: CookieRow[] = [];
      let length = 0;
      for (const row of rows) {
        sealed.push(await seal(row));
        length += row.json.length;
        if (length < sealedAtOnce) continue;
        length = 0;
        await turn();
      }
      await writer.write(() => {
        const replaced = new Set(sealed.map(({ domain }) => domain));
        const others = list.all().filter(({ domain }) => !replaced.has(domain));
        // With two keys some would be lost whichever of them is there.
        const lost = others.filter((row) => !secrets.hasKeyOf(row.sealed));
        if (lost.length > 0) throw lostKey(lost);
        if (others.length + sealed.length > maxDomains)
          throw new ApiError("storage_full", `cookies of at most ${maxDomains} domains are kept: delete some`);
        for (const row of sealed) save.run({ ...row });
      });
    },
    async replace(row, left) {
      const sealed = left && (await seal(left));
      await writer.write(() => {
        if (removeSame.run(row.domain, row.sealed).changes > 0 && sealed) save.run({ ...sealed });
      });
    },
    list: async () => list.all().map(({ sealed, ...row }) => ({ ...row, isReadable: secrets.hasKeyOf(sealed) })),
    find: async (domains) => (any.get() ? find.all(JSON.stringify(domains)) : []),
    async listExpired(now) {
      const found: CookieRow[] = [];
      for (const row of listExpired.iterate(now)) {
        if (secrets.hasKeyOf(row.sealed)) found.push(row);
        if (found.length === atOnce) break;
      }
      return found;
    },
    open: async (row) => (await secrets.open(place(row), row.sealed))?.toString(),
    remove: (domain) => writer.write(() => remove.get(domain)?.cookies),
  };
}

function place({ domain }: Pick<CookieRow, "domain">): string {
  return `cookies/${domain}`;
}

export function lostKey(rows: readonly { readonly domain: string }[]): ApiError {
  const named = rows.slice(0, 3).map(({ domain }) => domain);
  const domains = named.join(", ") + (rows.length > named.length ? ", …" : "");
  return new ApiError(
    "wrong_secret_key",
    `the cookies of ${domains} were encrypted with a key that is not here: ${keyCure}, or delete those cookies`,
  );
}
