import type { Database } from "bun:sqlite";
import type { Writer } from "./writer.ts";

/** A browser that was signed in, with an access key or by an issuer. */
export interface SessionRow {
  /** SHA-256 of its token, which has 256 random bits and is known to the browser alone. */
  readonly digest: Uint8Array;
  /** Of its key; or the owner whom an issuer has vouched for. */
  readonly key_id: string;
  /** Of token and key together: the key of the setting may be short, and nobody shall guess it by what is kept of it. */
  readonly proof: Uint8Array;
  readonly created_at: number;
  /** By an hour, about. */
  readonly used_at: number;
  /** JSON: what the issuer said; null where there is a key. */
  readonly claims: string | null;
  /** When it ends however much it is used; null where its key does. */
  readonly ends_at: number | null;
}

export interface SessionTable {
  /** Where a key has too many, those that were not used for longest go. */
  insert(row: SessionRow): Promise<void>;
  /** No promise, as with access keys: every request of a browser is judged by it. */
  find(digest: Uint8Array, usedAfter: number): SessionRow | undefined;
  touch(digest: Uint8Array, now: number): Promise<void>;
  remove(digest: Uint8Array): Promise<void>;
  /** Removes some of those that were not used since a moment, and gives their number. */
  removeBefore(moment: number): Promise<number>;
}

/** Arbitrary: browsers that one key is used in. */
const maxOfKey = 50;
/** How many go in one step: a few milliseconds. */
const removedAtOnce = 500;

export function openSessionTable(database: Database, writer: Writer): SessionTable {
  const columns = "digest, key_id, proof, created_at, used_at, claims, ends_at";
  const insert = database.query(
    `INSERT INTO sessions (${columns}) VALUES ($digest, $key_id, $proof, $created_at, $used_at, $claims, $ends_at)`,
  );
  const removeOldest = database.query(
    `DELETE FROM sessions WHERE digest IN (
       SELECT digest FROM sessions WHERE key_id = ? ORDER BY used_at DESC, created_at DESC LIMIT -1 OFFSET ${maxOfKey}
     )`,
  );
  const find = database.query<SessionRow, [Uint8Array, number]>(
    `SELECT ${columns} FROM sessions WHERE digest = ? AND used_at > ?`,
  );
  const touch = database.query("UPDATE sessions SET used_at = ? WHERE digest = ?");
  const remove = database.query("DELETE FROM sessions WHERE digest = ?");
  const removeBefore = database.query<unknown, [number, number]>(
    `DELETE FROM sessions WHERE digest IN (SELECT digest FROM sessions WHERE used_at <= ? ORDER BY used_at LIMIT ?)
     RETURNING key_id`,
  );
  return {
    insert: (row) =>
      writer.write(() => {
        insert.run({ ...row });
        removeOldest.run(row.key_id);
      }),
    find: (digest, usedAfter) => find.get(digest, usedAfter) ?? undefined,
    touch: (digest, now) => writer.write(() => void touch.run(now, digest)),
    remove: (digest) => writer.write(() => void remove.run(digest)),
    removeBefore: (moment) => writer.write(() => removeBefore.all(moment, removedAtOnce).length),
  };
}
