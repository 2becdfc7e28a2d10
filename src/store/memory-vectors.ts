import type { Database } from "bun:sqlite";
import { toBytes, toSigns } from "../lib/quantise.ts";
import { memorySpan } from "./memory-users.ts";
import type { UnreadMemory } from "./memory-unread.ts";
import type { Reader } from "./reader.ts";
import type { Writer } from "./writer.ts";

/** What models make of memories: one vector for each, by whichever model read it last. */
export interface MemoryVectors {
  /** Some that this model has still to read. */
  listUnread(model: string, limit: number): Promise<readonly UnreadMemory[]>;
  /** What was changed or removed meanwhile is left out. */
  save(model: string, read: readonly ReadMemory[]): Promise<void>;
}

export interface ReadMemory extends Pick<UnreadMemory, "id" | "text"> {
  /** `undefined` where the model can make nothing of it: it is not asked again. */
  readonly vector: readonly number[] | undefined;
}

/** So many take a few milliseconds. */
const stepRows = 16;

export function openMemoryVectors(database: Database, writer: Writer, reader: Reader): MemoryVectors {
  const makeModel = database.query("INSERT INTO memory_models (name) VALUES (?) ON CONFLICT DO NOTHING");
  const findModel = database.query<{ id: number }, [string]>("SELECT id FROM memory_models WHERE name = ?");
  const mark = database.query("UPDATE memories SET model = ? WHERE id = ? AND text = ?");
  const remove = ["memory_vectors", "memory_signs"].map((table) => database.query(`DELETE FROM ${table} WHERE id = ?`));
  const insertVector = database.query("INSERT INTO memory_vectors (id, vector) VALUES (?, ?)");
  const insertSigns = database.query("INSERT INTO memory_signs (id, user, model, signs) VALUES (?, ?, ?, ?)");

  return {
    listUnread: (model, limit) => reader.read("unreadMemories", { model, limit }),
    async save(model, read) {
      for (let from = 0; from < read.length; from += stepRows) {
        const step = read.slice(from, from + stepRows).map(({ vector, ...each }) => ({
          ...each,
          made: vector && { bytes: toBytes(vector), signs: new Uint8Array(toSigns(vector).buffer) },
        }));
        await writer.write(() => {
          makeModel.run(model);
          const number = findModel.get(model)?.id ?? 0;
          for (const { id, text, made } of step) {
            if (mark.run(number, id, text).changes === 0) continue;
            for (const statement of remove) statement.run(id);
            if (!made) continue;
            insertVector.run(id, made.bytes);
            insertSigns.run(id, Math.floor(id / memorySpan), number, made.signs);
          }
        });
      }
    },
  };
}
