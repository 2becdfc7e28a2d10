import type { Database } from "bun:sqlite";

/** A memory that a model has not read yet. */
export interface UnreadMemory {
  readonly id: number;
  readonly owner: string;
  /** JSON. */
  readonly text: string;
}

/** For the reader's thread: some that are without a vector of this model, whatever other models made of them. */
export function readUnreadMemories(
  database: Database,
): (asked: { readonly model: string; readonly limit: number }) => UnreadMemory[] {
  const findModel = database.query<{ id: number }, [string]>("SELECT id FROM memory_models WHERE name = ?");
  // Each half is a piece of the index.
  const unread = database.query<UnreadMemory, [number, number]>(
    `SELECT m.id, m.text, u.owner FROM (
       SELECT id, text, user FROM memories WHERE model < ?1
       UNION ALL SELECT id, text, user FROM memories WHERE model > ?1
     ) AS m JOIN memory_users AS u ON u.id = m.user WHERE u.user_id IS NOT NULL LIMIT ?2`,
  );
  return ({ model, limit }) => unread.all(findModel.get(model)?.id ?? -1, limit);
}
