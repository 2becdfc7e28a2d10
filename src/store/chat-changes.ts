import type { Database } from "bun:sqlite";
import type { Writer } from "./writer.ts";

/** What is to be indexed: written by the same transaction as what has changed, so that none is ever missed. */
export interface ChatChanges {
  /** A message, or the title of a chat, was added, changed or removed. Within a write. */
  add(id: number, of: "message" | "title"): void;
  /** Whether something waits. */
  any(): boolean;
  /** Those up to one of them have been indexed. */
  forget(writer: Writer, last: number): Promise<void>;
}

/** How many are forgotten in one write. */
const step = 500;

export function openChatChanges(database: Database, onAdded: () => void): ChatChanges {
  const add = database.query("INSERT INTO chat_changes (row, is_title) VALUES (?, ?)");
  const first = database.query<{ id: number | null }, []>("SELECT min(id) AS id FROM chat_changes");
  const forget = database.query("DELETE FROM chat_changes WHERE id <= ?");
  return {
    add(id, of) {
      add.run(id, of === "title" ? 1 : 0);
      onAdded();
    },
    any: () => (first.get()?.id ?? null) !== null,
    async forget(writer, last) {
      for (let next = first.get()?.id ?? Infinity; next <= last; next += step) {
        const until = Math.min(last, next + step - 1);
        await writer.write(() => forget.run(until));
      }
    },
  };
}
