import type { Database } from "bun:sqlite";
import { digestOf } from "../lib/digest.ts";
import { tryParseJson } from "../lib/json.ts";
import { ApiError } from "../protocol/errors.ts";
import { toIndexed } from "./full-text.ts";
import { memorySpan, type MemoryUser } from "./memory-users.ts";

/** A memory as it is kept. */
export interface MemoryRow {
  readonly memory_id: string;
  /** What it says, as JSON. */
  readonly text: string;
  /** As JSON. */
  readonly metadata: string;
  readonly conversation_id: string | null;
  /** Milliseconds since 1970. */
  readonly created_at: number;
  readonly updated_at: number;
}

/** Where a row stands, and what it takes in bytes. */
export interface PlacedRow extends MemoryRow {
  readonly id: number;
  readonly bytes: number;
}

/** Rows with all that hangs on them: words, and vectors. For within a write. */
export interface MemoryRows {
  /** `undefined` where the user has the text already. @throws {ApiError} `storage_full` */
  insert(user: MemoryUser, row: MemoryRow): Pick<PlacedRow, "id" | "bytes"> | undefined;
  /** What says just that. */
  findText(user: MemoryUser, text: string): Pick<PlacedRow, "id" | "bytes" | "memory_id"> | undefined;
  find(user: MemoryUser, memoryId: string): PlacedRow | undefined;
  /** Gives by how many bytes it has grown. */
  update(before: PlacedRow, row: MemoryRow): number;
  remove(id: number): void;
  /** Merges a little of the index of words; gives whether there was something to merge. */
  merge(): boolean;
}

/** What a row takes beside its texts: its own columns, and its indices. */
const rowBytes = 256;

/** Pages that one step of a merge writes, in about a millisecond. */
const mergedPages = 16;

const columns = "memory_id, text, metadata, conversation_id, created_at, updated_at";

export function openMemoryRows(database: Database): MemoryRows {
  const lastId = database.query<{ id: number | null }, [number, number]>(
    "SELECT max(id) AS id FROM memories WHERE id BETWEEN ? AND ?",
  );
  const insert = database.query(
    `INSERT INTO memories (id, user, digest, bytes, ${columns}) VALUES ($id, $user, $digest, $bytes, $memory_id, $text,
       $metadata, $conversation_id, $created_at, $updated_at)
     ON CONFLICT (user, digest) DO NOTHING`,
  );
  const insertWords = database.query("INSERT INTO memory_words (rowid, text) VALUES (?, ?)");
  // Texts are JSON, each spelled in one way: no two have the same digest.
  const findText = database.query<Pick<PlacedRow, "id" | "bytes" | "memory_id">, [number, Uint8Array]>(
    "SELECT id, bytes, memory_id FROM memories WHERE user = ? AND digest = ?",
  );
  const find = database.query<PlacedRow, [string, number, number]>(
    `SELECT id, bytes, ${columns} FROM memories WHERE memory_id = ? AND id > ? AND id <= ?`,
  );
  // A text that is another has to be read anew.
  const update = database.query(
    `UPDATE memories SET text = $text, digest = $digest, metadata = $metadata, bytes = $bytes, updated_at = $updated_at,
       model = CASE WHEN digest = $digest THEN model ELSE 0 END
     WHERE id = $id`,
  );
  const removeRow = database.query("DELETE FROM memories WHERE id = ?");
  const removeWhatHangsOnIt = ["memory_words WHERE rowid", "memory_vectors WHERE id", "memory_signs WHERE id"].map(
    (where) => database.query(`DELETE FROM ${where} = ?`),
  );

  const merge = database.query(`INSERT INTO memory_words (memory_words, rank) VALUES ('merge', ${mergedPages})`);
  const changes = database.query<{ count: number }, []>("SELECT total_changes() AS count");
  const countChanges = () => changes.get()?.count ?? 0;

  return {
    insert(user, row) {
      const id = Math.max(lastId.get(user.base, user.base + memorySpan - 1)?.id ?? user.base, user.shown) + 1;
      if (id >= user.base + memorySpan) throw new ApiError("storage_full", "this user has had too many memories");
      const bytes = sizeOf(row);
      const inserted = insert.run({ ...row, id, user: user.id, digest: digestOf(row.text), bytes });
      if (inserted.changes === 0) return undefined;
      insertWords.run(id, toIndexed(toText(row.text)));
      return { id, bytes };
    },
    findText: (user, text) => findText.get(user.id, digestOf(text)) ?? undefined,
    find: (user, memoryId) => find.get(memoryId, user.base, user.shown) ?? undefined,
    update({ id, bytes: before, text: textBefore }, { text, metadata, updated_at }) {
      const bytes = sizeOf({ text, metadata });
      update.run({ id, text, digest: digestOf(text), metadata, bytes, updated_at });
      if (text !== textBefore) {
        for (const statement of removeWhatHangsOnIt) statement.run(id);
        insertWords.run(id, toIndexed(toText(text)));
      }
      return bytes - before;
    },
    remove(id) {
      for (const statement of [removeRow, ...removeWhatHangsOnIt]) statement.run(id);
    },
    merge() {
      const before = countChanges();
      merge.run();
      // The command itself is one: https://www.sqlite.org/fts5.html#the_merge_command
      return countChanges() - before > 1;
    },
  };
}

/** What a memory says; nothing where the row is damaged. */
export function toText(json: string): string {
  const text = tryParseJson(json);
  return typeof text === "string" ? text : "";
}

function sizeOf({ text, metadata }: Pick<MemoryRow, "text" | "metadata">): number {
  return Buffer.byteLength(text) + Buffer.byteLength(metadata) + rowBytes;
}
