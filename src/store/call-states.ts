import type { Database } from "bun:sqlite";
import type { Writer } from "./writer.ts";

/** What a vendor wants back with the results of the tools that a turn has called. */
export interface CallState {
  readonly owner: string;
  /** The first call of the turn. */
  readonly call_id: string;
  /** A `conversation` event's, as JSON: it holds that of the turns before as well. */
  readonly state: string;
}

export interface CallStates {
  /** Those of any of these calls, the newest last. */
  find(owner: string, callIds: readonly string[]): string[];
  /** Those that it `follows` are of use to who asks once more alone, and go soon. Times in milliseconds since 1970. */
  save(state: CallState, at: number, follows: readonly string[]): Promise<void>;
  /** Removes some of those whose time is over, and gives their number. */
  removeExpired(now: number): Promise<number>;
}

/** An agent's work may be gone on with the next day. */
const keptMs = 48 * 60 * 60_000;
const followedMs = 60 * 60_000;
/** Of one owner; beyond them the oldest go. Arbitrary: a hundred agents at work. */
const maxStates = 5_000;
/** How many go in one step: a few milliseconds. */
const removedAtOnce = 500;

export function openCallStates(database: Database, writer: Writer): CallStates {
  const find = database.query<{ state: string }, [string, string]>(
    `SELECT state FROM call_states WHERE owner = ? AND call_id IN (SELECT value FROM json_each(?)) ORDER BY saved_at`,
  );
  const save = database.query(
    "INSERT OR REPLACE INTO call_states (owner, call_id, saved_at, expires_at, state) VALUES (?, ?, ?, ?, ?)",
  );
  const hasten = database.query(
    `UPDATE call_states SET expires_at = min(expires_at, ?)
     WHERE owner = ? AND call_id IN (SELECT value FROM json_each(?))`,
  );
  const removeOldest = database.query(
    `DELETE FROM call_states WHERE owner = $owner AND saved_at <
       (SELECT saved_at FROM call_states WHERE owner = $owner ORDER BY saved_at DESC LIMIT 1 OFFSET ${maxStates - 1})`,
  );
  const removeExpired = database.query<{ call_id: string }, [number, number]>(
    `DELETE FROM call_states WHERE (owner, call_id) IN
       (SELECT owner, call_id FROM call_states WHERE expires_at < ? ORDER BY expires_at LIMIT ?)
     RETURNING call_id`,
  );
  return {
    find: (owner, callIds) => find.all(owner, JSON.stringify(callIds)).map(({ state }) => state),
    save: ({ owner, call_id, state }, at, follows) =>
      writer.write(() => {
        hasten.run(at + followedMs, owner, JSON.stringify(follows));
        save.run(owner, call_id, at, at + keptMs, state);
        removeOldest.run({ owner });
      }),
    removeExpired: (now) => writer.write(() => removeExpired.all(now, removedAtOnce).length),
  };
}
