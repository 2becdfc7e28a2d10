import type { Database } from "bun:sqlite";
import { ApiError } from "../protocol/errors.ts";
import type { MemoryListed, MemoryListing } from "./memory-list.ts";
import { type MemoryRow, openMemoryRows } from "./memory-rows.ts";
import type { MemoryFound, MemorySearch } from "./memory-search.ts";
import { memorySpan, openMemoryUsers, type MemoryUser } from "./memory-users.ts";
import type { Reader } from "./reader.ts";
import type { Writer } from "./writer.ts";

export interface AddedRows {
  readonly count: number;
  readonly ids: string[];
}

export interface RowChange {
  readonly text: string | undefined;
  readonly metadata: string | undefined;
  readonly at: number;
}

export interface MemoryTable {
  /**
   * All or none, in steps, so that others are not kept waiting; the same text of the same user once. One id for each.
   *
   * @throws {ApiError} `storage_full` where the owner's would take more than `maxBytes`
   */
  add(owner: string, userId: string, rows: readonly MemoryRow[], maxBytes: number): Promise<AddedRows>;
  list(listing: MemoryListing): Promise<MemoryListed>;
  search(search: MemorySearch): Promise<readonly MemoryFound[]>;
  /**
   * Gives it as it is then; `undefined` where there is none.
   *
   * @throws {ApiError} `duplicate`, `storage_full` where it would take more
   */
  change(
    owner: string,
    userId: string,
    id: string,
    change: RowChange,
    maxBytes: number,
  ): Promise<MemoryRow | undefined>;
  /** Gives whether there was one. */
  remove(owner: string, userId: string, id: string): Promise<boolean>;
  /** At once nobody sees them; `sweep` removes them. Gives how many there were. */
  removeAll(owner: string, userId: string): Promise<number>;
  /** Removes some of what nobody sees; gives whether there is more. */
  sweep(): Promise<boolean>;
}

/** So many rows take a few milliseconds. */
const stepRows = 32;
/** Where a step is not followed by the next for so long, its server has ended. */
const abandonedMs = 60_000;

export function openMemoryTable(database: Database, writer: Writer, reader: Reader): MemoryTable {
  const users = openMemoryUsers(database);
  const memories = openMemoryRows(database);
  const makeUser = database.query("INSERT INTO memory_users (owner, user_id) VALUES (?, ?) ON CONFLICT DO NOTHING");
  const show = database.query("UPDATE memory_users SET shown = max(shown, ?2) WHERE id = ?1");
  const grow = database.query("UPDATE memory_users SET bytes = bytes + ?2 WHERE id = ?1");
  const growOwner = database.query(
    `INSERT INTO memory_owners (owner, bytes) VALUES (?1, max(0, ?2))
     ON CONFLICT (owner) DO UPDATE SET bytes = max(0, bytes + ?2)`,
  );
  const bytesOf = database.query<{ bytes: number }, [string]>("SELECT bytes FROM memory_owners WHERE owner = ?");
  const abandoned = database.query<{ id: number }, [number, number, number]>(
    `SELECT id FROM memories WHERE id > ? AND id < ? AND created_at < ? LIMIT ${stepRows}`,
  );
  const countOf = database.query<{ count: number }, [number, number]>(
    "SELECT count(*) AS count FROM memories WHERE user = ? AND id <= ?",
  );
  const hide = database.query<{ bytes: number }, [number]>(
    "UPDATE memory_users SET user_id = NULL WHERE id = ? RETURNING bytes",
  );
  const hidden = database.query<{ id: number }, []>(
    "SELECT id FROM memory_users WHERE user_id IS NULL ORDER BY id LIMIT 1",
  );
  const someOf = database.query<{ id: number }, [number]>(`SELECT id FROM memories WHERE user = ? LIMIT ${stepRows}`);
  const forget = database.query("DELETE FROM memory_users WHERE id = ?");
  let isMerging = false;
  /** Of each user, the last addition that was begun. */
  const adding = new Map<string, Promise<unknown>>();

  return {
    add(owner, userId, rows, maxBytes) {
      // One after the other: what the last step of one shows are all ids up to its own.
      const name = JSON.stringify([owner, userId]);
      const before = adding.get(name) ?? Promise.resolve();
      const added = before.catch(() => {}).then(() => add(owner, userId, rows, maxBytes));
      adding.set(name, added);
      return added.finally(() => {
        if (adding.get(name) === added) adding.delete(name);
      });
    },
    list: (listing) => reader.read("memoryList", listing),
    search: (search) => reader.read("memorySearch", search),
    change: (owner, userId, id, { text, metadata, at }, maxBytes) =>
      writer.write(() => {
        const user = users.find(owner, userId);
        const row = user && memories.find(user, id);
        if (!row) return undefined;
        const changed = { ...row, text: text ?? row.text, metadata: metadata ?? row.metadata, updated_at: at };
        const other = memories.findText(user, changed.text)?.memory_id;
        if (other !== undefined && other !== id)
          throw new ApiError("duplicate", `this user has that memory already, as ${other}`);
        const bytes = memories.update(row, changed);
        if (bytes > 0) assertRoom(owner, bytes, maxBytes);
        count(owner, user, bytes);
        return changed;
      }),
    remove: (owner, userId, id) =>
      writer.write(() => {
        const user = users.find(owner, userId);
        const row = user && memories.find(user, id);
        if (!row) return false;
        memories.remove(row.id);
        count(owner, user, -row.bytes);
        return true;
      }),
    removeAll: (owner, userId) =>
      writer.write(() => {
        const user = users.find(owner, userId);
        if (!user) return 0;
        growOwner.run(owner, -(hide.get(user.id)?.bytes ?? 0));
        return countOf.get(user.id, user.shown)?.count ?? 0;
      }),
    sweep: () =>
      writer.write(() => {
        const user = hidden.get();
        if (!user) return false;
        const some = someOf.all(user.id);
        for (const { id } of some) memories.remove(id);
        if (some.length === 0) forget.run(user.id);
        return true;
      }),
  };

  async function add(owner: string, userId: string, rows: readonly MemoryRow[], maxBytes: number): Promise<AddedRows> {
    await removeAbandoned(users.find(owner, userId), rows[0]?.created_at ?? 0);
    for (;;) {
      const added = await addAll(owner, userId, rows, maxBytes);
      if (added) return added;
    }
  }

  /** Gives `undefined` where all of the user's were removed meanwhile: what had been added until then is gone as well. */
  async function addAll(
    owner: string,
    userId: string,
    rows: readonly MemoryRow[],
    maxBytes: number,
  ): Promise<AddedRows | undefined> {
    const own = new Set<number>();
    const ids: string[] = [];
    let bytes = 0;
    let place: number | undefined;
    try {
      for (let from = 0; from < rows.length; from += stepRows) {
        const isLast = from + stepRows >= rows.length;
        const step = await writer.write(() => {
          const user = getUser(owner, userId);
          place ??= user.id;
          if (user.id !== place) return undefined;
          const found = rows.slice(from, from + stepRows).map((row) => {
            const inserted = memories.insert(user, row);
            const there = inserted ? undefined : memories.findText(user, row.text);
            // A crash left it, and nobody sees it: whoever tells of it again has it as new.
            const isLeft = there !== undefined && there.id > user.shown && !own.has(there.id);
            const taken = isLeft ? there : inserted;
            if (taken) own.add(taken.id);
            return { taken, id: there?.memory_id ?? row.memory_id };
          });
          const grown = found.reduce((sum, { taken }) => sum + (taken?.bytes ?? 0), bytes);
          assertRoom(owner, grown, maxBytes);
          if (isLast) {
            if (own.size > 0)
              show.run(
                user.id,
                [...own].reduce((a, b) => Math.max(a, b)),
              );
            count(owner, user, grown);
          }
          return found;
        });
        if (!step) {
          await takeBack([...own]);
          return undefined;
        }
        for (const { taken, id } of step) {
          bytes += taken?.bytes ?? 0;
          ids.push(id);
        }
        void merge();
      }
    } catch (thrown) {
      await takeBack([...own]);
      throw thrown;
    }
    return { count: own.size, ids };
  }

  function getUser(owner: string, userId: string): MemoryUser {
    makeUser.run(owner, userId);
    const user = users.find(owner, userId);
    if (!user) throw new Error("a user that was just made is not there");
    return user;
  }

  function assertRoom(owner: string, bytes: number, maxBytes: number): void {
    if (bytes > 0 && (bytesOf.get(owner)?.bytes ?? 0) + bytes > maxBytes)
      throw new ApiError(
        "storage_full",
        `the memories of one owner hold at most ${maxBytes} bytes: delete some, or raise max_memories`,
      );
  }

  function count(owner: string, user: MemoryUser, bytes: number): void {
    grow.run(user.id, bytes);
    growOwner.run(owner, bytes);
  }

  async function removeAbandoned(user: MemoryUser | undefined, now: number): Promise<void> {
    if (!user) return;
    const last = Math.max(user.base, user.shown);
    const find = () => abandoned.all(last, user.base + memorySpan, now - abandonedMs);
    while (find().length > 0)
      await writer.write(() => {
        for (const { id } of find()) memories.remove(id);
      });
  }

  /** What was written to the index of words is merged afterwards, in steps that nobody waits for. */
  async function merge(): Promise<void> {
    if (isMerging) return;
    isMerging = true;
    // Whatever keeps it from being merged, the next write tries again.
    while (await writer.write(memories.merge).catch(() => false));
    isMerging = false;
  }

  async function takeBack(ids: readonly number[]): Promise<void> {
    for (let from = 0; from < ids.length; from += stepRows)
      await writer.write(() => {
        for (const id of ids.slice(from, from + stepRows)) memories.remove(id);
      });
  }
}
