import type { Database } from "bun:sqlite";
import { toIndexed } from "./full-text.ts";

/** The words of messages, or of titles: kept by the same transaction as their rows. */
export interface ChatWords {
  insert(id: number, text: string): void;
  remove(id: number): void;
}

/** How many ids an owner has. */
export const idSpan = 2 ** 32;

/** What is longer is found by its beginning: to index more takes longer than a write may. */
export const maxIndexedLength = 32 * 1024;

export function openChatWords(database: Database, table: "chat_words" | "chat_title_words"): ChatWords {
  const insert = database.query(`INSERT INTO ${table} (rowid, text) VALUES (?, ?)`);
  const remove = database.query(`DELETE FROM ${table} WHERE rowid = ?`);
  return {
    insert(id, text) {
      const indexed = toIndexed(text.slice(0, maxIndexedLength));
      if (indexed !== "") insert.run(id, indexed);
    },
    remove: (id) => void remove.run(id),
  };
}
