import type { Database } from "bun:sqlite";
import { mediaColumns as columns } from "./media-list.ts";
import { openMediaWords, type MediaFound, type MediaQuery } from "./media-words.ts";
import { ApiError } from "../protocol/errors.ts";
import { openTotal } from "./totals.ts";
import type { Writer } from "./writer.ts";

/** A picture, film or sound that is kept. */
export interface MediaRow {
  /** Its address ends in it: `1795332166_flux+a_red_cat_53f01d18fd6a95d0.png`. */
  readonly name: string;
  readonly owner: string;
  /** SHA-256 of its bytes, in hex; its file is called so. */
  readonly hash: string;
  /** By its bytes. */
  readonly type: string;
  readonly bytes: number;
  readonly width: number | null;
  readonly height: number | null;
  readonly model: string;
  /** Empty where that was not noted: older ones. */
  readonly provider: string;
  readonly prompt: string;
  /** Milliseconds since 1970. */
  readonly created_at: number;
}

export interface RemovedMedium {
  readonly hash: string;
  readonly isNobodys: boolean;
}

export interface MediaTable {
  /** The same bytes of the same owner are kept once: gives the row that is there, the first. */
  insert(row: MediaRow): Promise<MediaRow>;
  find(name: string): Promise<MediaRow | undefined>;
  /** Best first. */
  search(owner: string, query: MediaQuery): Promise<MediaFound>;
  /** When media, by their names, were asked for last. */
  markUsed(uses: Iterable<readonly [name: string, usedAt: number]>): Promise<void>;
  /** Those that nobody has asked for since `before`, and that no shared chat names; least recently used first. */
  listExpired(before: number, limit: number): Promise<MediaRow[]>;
  /**
   * Unless a shared chat has come to name it. Gives whether its file is nobody's any more: another owner may have the same
   * bytes.
   */
  remove(name: string): Promise<boolean>;
  /**
   * For its owner: gives its digest, and whether its file is nobody's any more; `undefined` where the owner has none of
   * that name.
   *
   * @throws {ApiError} `conflict` where a shared chat names it
   */
  removeOwn(owner: string, name: string): Promise<RemovedMedium | undefined>;
  /** What all take on disk, where nobody has what somebody else has. */
  totalBytes(): number;
  /** Those of the digests that no row has. */
  listUnknown(hashes: readonly string[]): Promise<string[]>;
}

export function openMediaTable(database: Database, writer: Writer): MediaTable {
  const words = openMediaWords(database, columns);
  const insertRow = database.query<{ id: number }, [Record<string, string | number | null>]>(
    `INSERT INTO media (id, ${columns}, used_at)
     VALUES ($id, $name, $owner, $hash, $type, $bytes, $width, $height, $model, $provider, $prompt, $created_at, $created_at)
     ON CONFLICT DO NOTHING RETURNING id`,
  );
  const find = database.query<MediaRow, [string]>(`SELECT ${columns} FROM media WHERE name = ?`);
  const findBytes = database.query<MediaRow, [string, string]>(
    `SELECT ${columns} FROM media WHERE owner = ? AND hash = ?`,
  );
  const markUsed = database.query("UPDATE media SET used_at = max(used_at, ?2) WHERE name = ?1");
  const listExpired = database.query<MediaRow, [number, number]>(
    `SELECT ${columns} FROM media WHERE used_at < ? AND shares = 0 ORDER BY used_at LIMIT ?`,
  );
  const remove = database.query<{ id: number; hash: string }, [string]>(
    "DELETE FROM media WHERE name = ? AND shares = 0 RETURNING id, hash",
  );
  const isKept = database.query("SELECT 1 FROM media WHERE hash = ? LIMIT 1");
  const unknown = database.query<{ hash: string }, [string]>(
    "SELECT value AS hash FROM json_each(?) WHERE value NOT IN (SELECT hash FROM media)",
  );

  const insert = (row: MediaRow) => {
    const inserted = insertRow.get({ id: words.nextId(row.owner), ...row });
    if (inserted) words.insert(inserted.id, row);
  };

  return {
    insert: (row) =>
      writer.write(() => {
        insert(row);
        const kept = findBytes.get(row.owner, row.hash);
        if (kept) return kept;
        // Somebody else's has this very name: made of the same words, at the same second, into the same bytes.
        const other = { ...row, name: row.name.replace(/(\.\w+)?$/, `-${Bun.randomUUIDv7().slice(-12)}$1`) };
        insert(other);
        return other;
      }),
    find: async (name) => find.get(name) ?? undefined,
    search: async (owner, query) => words.search(owner, query),
    markUsed: (uses) =>
      writer.write(() => {
        for (const [name, usedAt] of uses) markUsed.run(name, usedAt);
      }),
    listExpired: async (before, limit) => listExpired.all(before, limit),
    remove: (name) =>
      writer.write(() => {
        const removed = remove.get(name);
        if (!removed) return false;
        words.remove(removed.id);
        return !isKept.get(removed.hash);
      }),
    removeOwn: (owner, name) =>
      writer.write(() => {
        if (find.get(name)?.owner !== owner) return undefined;
        const removed = remove.get(name);
        if (!removed)
          throw new ApiError(
            "conflict",
            "a chat that is shared shows it: take that share back first, then delete this",
          );
        words.remove(removed.id);
        return { hash: removed.hash, isNobodys: !isKept.get(removed.hash) };
      }),
    totalBytes: openTotal(database, "media"),
    listUnknown: async (hashes) => unknown.all(JSON.stringify(hashes)).map(({ hash }) => hash),
  };
}
