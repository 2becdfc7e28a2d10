import type { Database } from "bun:sqlite";

/** Which users of an owner's are asked for, by their ids. */
export interface MemoryUserListing {
  readonly owner: string;
  /** The last of the page before. */
  readonly after: string;
  readonly limit: number;
}

export interface MemoryUserCount {
  readonly user_id: string;
  /** How many memories are to be seen. */
  readonly count: number;
}

/** For the reader's thread: the memories of each are counted. */
export function readMemoryUserList(database: Database): (asked: MemoryUserListing) => readonly MemoryUserCount[] {
  const list = database.query<MemoryUserCount, [string, string, number]>(
    `SELECT user_id, (SELECT count(*) FROM memories WHERE user = memory_users.id AND id <= shown) AS count
     FROM memory_users WHERE owner = ? AND user_id > ? ORDER BY user_id LIMIT ?`,
  );
  return ({ owner, after, limit }) => list.all(owner, after, limit);
}
