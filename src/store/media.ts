import type { Database } from "bun:sqlite";
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
  readonly prompt: string;
  /** Milliseconds since 1970. */
  readonly created_at: number;
}

export interface MediaTable {
  /** The same bytes of the same owner are kept once: gives the row that is there, the first. */
  insert(row: MediaRow): Promise<MediaRow>;
  find(name: string): Promise<MediaRow | undefined>;
}

const columns = "name, owner, hash, type, bytes, width, height, model, prompt, created_at";

export function openMediaTable(database: Database, writer: Writer): MediaTable {
  const insert = database.query(
    `INSERT INTO media (${columns}) VALUES ($name, $owner, $hash, $type, $bytes, $width, $height, $model, $prompt, $created_at)
     ON CONFLICT DO NOTHING`,
  );
  const find = database.query<MediaRow, [string]>(`SELECT ${columns} FROM media WHERE name = ?`);
  const findBytes = database.query<MediaRow, [string, string]>(
    `SELECT ${columns} FROM media WHERE owner = ? AND hash = ?`,
  );
  return {
    insert: (row) =>
      writer.write(() => {
        insert.run({ ...row });
        const kept = findBytes.get(row.owner, row.hash);
        if (kept) return kept;
        // Somebody else's has this very name: made of the same words, at the same second, into the same bytes.
        const other = { ...row, name: row.name.replace(/(\.\w+)?$/, `-${Bun.randomUUIDv7().slice(-12)}$1`) };
        insert.run(other);
        return other;
      }),
    find: async (name) => find.get(name) ?? undefined,
  };
}
