import type { Database } from "bun:sqlite";

/** A message and all below it, the lowest first: what answers another is younger. */
export function readMessagesBelow(database: Database): (asked: { chat: number; id: number }) => number[] {
  const below = database.query<{ id: number }, [number, number]>(
    `WITH RECURSIVE below (id) AS (
       SELECT id FROM chat_messages WHERE chat = ?1 AND id = ?2
       UNION ALL SELECT chat_messages.id FROM below CROSS JOIN chat_messages ON chat = ?1 AND parent = below.id
     ) SELECT id FROM below ORDER BY id DESC`,
  );
  return ({ chat, id }) => below.all(chat, id).map((row) => row.id);
}
