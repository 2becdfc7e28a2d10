import type { Database } from "bun:sqlite";

/** A user of an owner's: the place of the user's memories among all. */
export interface MemoryUser {
  readonly id: number;
  /** Ids of memories lie above this one. */
  readonly base: number;
  /** The last id that is to be seen: what comes after it is still being added. */
  readonly shown: number;
}

/** How many ids a user has. */
export const memorySpan = 2 ** 26;

export function openMemoryUsers(database: Database): {
  find(owner: string, userId: string): MemoryUser | undefined;
} {
  const find = database.query<{ id: number; shown: number }, [string, string]>(
    "SELECT id, shown FROM memory_users WHERE owner = ? AND user_id = ?",
  );
  return {
    find(owner, userId) {
      const { id, shown } = find.get(owner, userId) ?? {};
      if (id === undefined || shown === undefined) return undefined;
      return { id, shown, base: id * memorySpan };
    },
  };
}
