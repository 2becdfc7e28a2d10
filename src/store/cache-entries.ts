import type { Database } from "bun:sqlite";
import type { Migration } from "./migrations.ts";
import { countBytes } from "./migrations/count-bytes.ts";
import { openTotal } from "./totals.ts";

/** `cache.db`: what may be lost. Ids rise with age; the totals are the values' bytes. */
export const cacheMigrations: readonly Migration[] = [
  `CREATE TABLE cache_entries (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    expires_at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    value TEXT NOT NULL
  ) STRICT;
  CREATE INDEX cache_entries_by_end ON cache_entries (expires_at);
  CREATE TABLE totals (name TEXT PRIMARY KEY, bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  ${countBytes("cache_entries")}`,
];

export interface CacheEntries {
  find(digest: Uint8Array, now: number): string | undefined;
  put(digest: Uint8Array, value: string, expiresAt: number): void;
  /** Gives how many were removed. */
  removeBefore(moment: number): number;
}

/** How many rows, and how many pages of the file, go in one step. */
const removedAtOnce = 50;
const freedAtOnce = 1000;

export function openCacheEntries(database: Database, maxBytes: number): CacheEntries {
  const total = openTotal(database, "cache_entries");
  const find = database.query<{ value: string }, [Uint8Array, number]>(
    "SELECT value FROM cache_entries WHERE digest = ? AND expires_at > ?",
  );
  const remove = database.query("DELETE FROM cache_entries WHERE digest = ?");
  const insert = database.query("INSERT INTO cache_entries (digest, value, expires_at, bytes) VALUES (?, ?, ?, ?)");
  const removeOldest = database.query(
    "DELETE FROM cache_entries WHERE id = (SELECT id FROM cache_entries ORDER BY id LIMIT 1)",
  );
  const removeEnded = database.query(
    `DELETE FROM cache_entries WHERE id IN
      (SELECT id FROM cache_entries WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`,
  );
  const makeRoom = database.transaction(() => {
    while (total() > maxBytes && removeOldest.run().changes > 0);
  });
  // The setting may have been larger.
  makeRoom();
  const shrink = () => database.run(`PRAGMA incremental_vacuum(${freedAtOnce})`);
  return {
    find: (digest, now) => find.get(digest, now)?.value,
    put: database.transaction((digest: Uint8Array, value: string, expiresAt: number) => {
      remove.run(digest);
      insert.run(digest, value, expiresAt, Buffer.byteLength(value) + rowBytes);
      makeRoom();
    }),
    removeBefore(moment) {
      const { changes } = removeEnded.run(moment, removedAtOnce);
      if (changes > 0) shrink();
      return changes;
    },
  };
}

/** What a row takes beside its value, about: its digest twice, its numbers, and its places in the indexes. */
const rowBytes = 150;
