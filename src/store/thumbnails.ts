import type { Database } from "bun:sqlite";
import { openTotal } from "./totals.ts";
import type { Writer } from "./writer.ts";

/** A small picture of a larger one; its file is called as the larger one's. */
export interface ThumbnailRow {
  /** SHA-256 of the picture that it is of, in hex. */
  readonly hash: string;
  /** SHA-256 of its own bytes, in hex. */
  readonly etag: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly created_at: number;
}

export interface ThumbnailTable {
  save(row: ThumbnailRow): Promise<void>;
  find(hash: string): Promise<ThumbnailRow | undefined>;
  /** When thumbnails, by the digests of their pictures, were asked for last. */
  markUsed(uses: Iterable<readonly [hash: string, usedAt: number]>): Promise<void>;
  listLeastUsed(limit: number): Promise<ThumbnailRow[]>;
  remove(hash: string): Promise<void>;
  totalBytes(): number;
  /** Those of the digests that no row has. */
  listUnknown(hashes: readonly string[]): Promise<string[]>;
}

const columns = "hash, etag, bytes, created_at";

export function openThumbnailTable(database: Database, writer: Writer): ThumbnailTable {
  const save = database.query(
    // Not `OR REPLACE`, which removes a row without its trigger.
    `INSERT INTO thumbnails (${columns}, used_at) VALUES ($hash, $etag, $bytes, $created_at, $created_at)
     ON CONFLICT (hash) DO UPDATE SET etag = excluded.etag, bytes = excluded.bytes,
       created_at = excluded.created_at, used_at = excluded.used_at`,
  );
  const find = database.query<ThumbnailRow, [string]>(`SELECT ${columns} FROM thumbnails WHERE hash = ?`);
  const markUsed = database.query("UPDATE thumbnails SET used_at = max(used_at, ?2) WHERE hash = ?1");
  const least = database.query<ThumbnailRow, [number]>(`SELECT ${columns} FROM thumbnails ORDER BY used_at LIMIT ?`);
  const remove = database.query("DELETE FROM thumbnails WHERE hash = ?");
  const unknown = database.query<{ hash: string }, [string]>(
    "SELECT value AS hash FROM json_each(?) WHERE value NOT IN (SELECT hash FROM thumbnails)",
  );
  return {
    save: (row) => writer.write(() => void save.run({ ...row })),
    find: async (hash) => find.get(hash) ?? undefined,
    markUsed: (uses) =>
      writer.write(() => {
        for (const [hash, usedAt] of uses) markUsed.run(hash, usedAt);
      }),
    listLeastUsed: async (limit) => least.all(limit),
    remove: (hash) => writer.write(() => void remove.run(hash)),
    totalBytes: openTotal(database, "thumbnails"),
    listUnknown: async (hashes) => unknown.all(JSON.stringify(hashes)).map(({ hash }) => hash),
  };
}
