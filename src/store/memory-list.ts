import type { Database } from "bun:sqlite";
import type { MemoryFilter } from "../protocol/memory-filter.ts";
import type { MemoryRow } from "./memory-rows.ts";
import { compileFilter } from "./memory-filter.ts";
import { openMemoryUsers } from "./memory-users.ts";

/** Which of a user's memories are asked for, the newest first. */
export interface MemoryListing {
  readonly owner: string;
  readonly userId: string;
  readonly filter: MemoryFilter | undefined;
  readonly skip: number;
  readonly limit: number;
}

export interface MemoryListed {
  /** Of all that the filter lets through. */
  readonly count: number;
  readonly rows: readonly MemoryRow[];
}

const columns = "m.memory_id, m.text, m.metadata, m.conversation_id, m.created_at, m.updated_at";

/** For the reader's thread: to pass over a hundred thousand takes milliseconds, and to filter them a hundred. */
export function readMemoryList(database: Database): (asked: MemoryListing) => MemoryListed {
  const users = openMemoryUsers(database);
  const count = database.query<{ count: number }, [number, number]>(
    "SELECT count(*) AS count FROM memories WHERE user = ? AND id <= ?",
  );
  // The ids first, out of their index: passing over rows would read them.
  const page = database.query<MemoryRow, [number, number, number, number]>(
    `SELECT ${columns} FROM memories AS m WHERE m.id IN
       (SELECT id FROM memories WHERE user = ? AND id <= ? ORDER BY id DESC LIMIT ? OFFSET ?) ORDER BY m.id DESC`,
  );

  return ({ owner, userId, filter, skip, limit }) => {
    const user = users.find(owner, userId);
    if (!user) return { count: 0, rows: [] };
    if (filter === undefined)
      return { count: count.get(user.id, user.shown)?.count ?? 0, rows: page.all(user.id, user.shown, limit, skip) };
    const { sql, values } = compileFilter(filter);
    const from = `FROM memories AS m WHERE m.user = ? AND m.id <= ? AND (${sql})`;
    // Each filter is another statement, and few come twice: they are not kept.
    using counting = database.prepare<{ count: number }, (string | number)[]>(`SELECT count(*) AS count ${from}`);
    using filtered = database.prepare<MemoryRow, (string | number)[]>(
      `SELECT ${columns} ${from} ORDER BY m.id DESC LIMIT ? OFFSET ?`,
    );
    return {
      count: counting.get(user.id, user.shown, ...values)?.count ?? 0,
      rows: filtered.all(user.id, user.shown, ...values, limit, skip),
    };
  };
}
