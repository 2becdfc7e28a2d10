import type { Database } from "bun:sqlite";
import type { CallerRole } from "../protocol/caller.ts";
import type { Writer } from "./writer.ts";

/** A key that callers send; what it is is known to them alone. Rows stay for ever: whoever made one closed the server. */
export interface AccessKeyRow extends KeyLimitColumns {
  readonly id: string;
  /** Unique among those that are not revoked. */
  readonly name: string;
  readonly owner: string;
  readonly role: CallerRole;
  /** SHA-256: a key has 256 random bits, which nobody finds by trying. */
  readonly digest: Uint8Array;
  /** Milliseconds since 1970, as all times here. */
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly revoked_at: number | null;
}

/** Of each 0 is no limit, and null the settings'. */
export interface KeyLimitColumns {
  readonly tokens_per_day: number | null;
  /** In US dollars. */
  readonly cost_per_day: number | null;
  readonly requests_per_minute: number | null;
  readonly runs_per_minute: number | null;
  /** Answers being produced at once. */
  readonly max_runs: number | null;
}

/** What can be changed of a key, without another one. */
export type KeyChanges = Partial<KeyLimitColumns & Pick<AccessKeyRow, "expires_at">>;

export interface AccessKeyTable {
  /** Gives `false`, and makes nothing, where a key of that name is there already. */
  insert(row: AccessKeyRow): Promise<boolean>;
  /** Gives `false`, and makes nothing, where any was ever made. */
  insertFirst(row: AccessKeyRow): Promise<boolean>;
  /** The oldest first. */
  list(): Promise<AccessKeyRow[]>;
  /** By its id, or its name; gives what became of it, `undefined` where there is none that is not revoked. */
  update(idOrName: string, changes: KeyChanges): Promise<AccessKeyRow | undefined>;
  /** By its id, or its name; gives the key that it was, `undefined` where none is to be revoked. */
  revoke(idOrName: string, now: number): Promise<AccessKeyRow | undefined>;
  /**
   * The one that may be used now. No promise, unlike all else here: every request is judged by it before anything is made
   * of it, in some microseconds. The index compares digests, and not in constant time; but who could choose a digest's
   * first bytes would have broken SHA-256.
   */
  findUsable(digest: Uint8Array, now: number): AccessKeyRow | undefined;
  /** The same, by its id. */
  findUsableById(id: string, now: number): AccessKeyRow | undefined;
  /** Whether any was ever made, by any process. */
  hasAny(): boolean;
  hasUsable(now: number): boolean;
}

export function openAccessKeyTable(database: Database, writer: Writer): AccessKeyTable {
  const limits = "tokens_per_day, cost_per_day, requests_per_minute, runs_per_minute, max_runs";
  const columns = `id, name, owner, role, digest, created_at, expires_at, revoked_at, ${limits}`;
  const usable = "revoked_at IS NULL AND coalesce(expires_at > $now, true)";
  const insert = database.query(
    `INSERT INTO access_keys (${columns}) VALUES (${toValues(columns)}) ON CONFLICT (name) WHERE revoked_at IS NULL DO NOTHING`,
  );
  const list = database.query<AccessKeyRow, []>(`SELECT ${columns} FROM access_keys ORDER BY created_at, id`);
  const named = `revoked_at IS NULL AND id = (
    SELECT id FROM access_keys WHERE revoked_at IS NULL AND $wanted IN (id, name) ORDER BY id = $wanted DESC
  )`;
  const revoke = database.query<AccessKeyRow, { wanted: string; now: number }>(
    `UPDATE access_keys SET revoked_at = $now WHERE ${named} RETURNING ${columns}`,
  );
  const find = database.query<AccessKeyRow, { digest: Uint8Array; now: number }>(
    `SELECT ${columns} FROM access_keys WHERE digest = $digest AND ${usable}`,
  );
  const findById = database.query<AccessKeyRow, { id: string; now: number }>(
    `SELECT ${columns} FROM access_keys WHERE id = $id AND ${usable}`,
  );
  const any = database.query("SELECT 1 FROM access_keys LIMIT 1");
  const anyUsable = database.query<unknown, { now: number }>(`SELECT 1 FROM access_keys WHERE ${usable} LIMIT 1`);
  let hasAny = false;

  return {
    insert: (row) => writer.write(() => insert.run({ ...row }).changes > 0),
    insertFirst: (row) => writer.write(() => any.get() === null && insert.run({ ...row }).changes > 0),
    list: async () => list.all(),
    update: (wanted, changes) =>
      writer.write(() => {
        const found = database
          .query<AccessKeyRow, { wanted: string }>(`SELECT ${columns} FROM access_keys WHERE ${named}`)
          .get({ wanted });
        if (!found) return undefined;
        const row = { ...found, ...changes };
        const { id, expires_at, tokens_per_day, cost_per_day, requests_per_minute, runs_per_minute, max_runs } = row;
        database
          .query(`UPDATE access_keys SET (expires_at, ${limits}) = ($expires_at, ${toValues(limits)}) WHERE id = $id`)
          .run({ id, expires_at, tokens_per_day, cost_per_day, requests_per_minute, runs_per_minute, max_runs });
        return row;
      }),
    revoke: (wanted, now) => writer.write(() => revoke.get({ wanted, now }) ?? undefined),
    findUsable: (digest, now) => find.get({ digest, now }) ?? undefined,
    findUsableById: (id, now) => findById.get({ id, now }) ?? undefined,
    // Once there is one there always is.
    hasAny: () => (hasAny ||= any.get() !== null),
    hasUsable: (now) => anyUsable.get({ now }) !== null,
  };
}

/** `$name` for each. */
function toValues(columns: string): string {
  return columns.replace(/\w+/g, "$$$&");
}
