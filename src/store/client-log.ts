import type { Database } from "bun:sqlite";
import { openTotal } from "./totals.ts";
import type { Writer } from "./writer.ts";

/** What a client has logged. */
export interface LogEntry {
  /** Milliseconds since 1970. */
  readonly received_at: number;
  /** A JSON object. */
  readonly entry: string;
}

export interface ClientLog {
  /** Beyond `maxBytes` in all the oldest go. */
  insert(entry: LogEntry, maxBytes: number): Promise<void>;
  /** Removes some of those that came before a moment, and gives their number. */
  removeBefore(moment: number): Promise<number>;
}

/** What an entry takes beside its text, about, in bytes. */
const rowBytes = 40;
/** How many go in one step: a few milliseconds. */
const removedAtOnce = 500;

export function openClientLog(database: Database, writer: Writer): ClientLog {
  const insert = database.query("INSERT INTO client_log (received_at, bytes, entry) VALUES (?, ?, ?)");
  const totalBytes = openTotal(database, "client_log");
  const removeOldest = database.query(
    "DELETE FROM client_log WHERE id IN (SELECT id FROM client_log ORDER BY id LIMIT ?)",
  );
  const removeBefore = database.query<{ id: number }, [number, number]>(
    `DELETE FROM client_log
     WHERE id IN (SELECT id FROM client_log WHERE received_at < ? ORDER BY received_at LIMIT ?) RETURNING id`,
  );
  return {
    insert: ({ received_at, entry }, maxBytes) =>
      writer.write(() => {
        insert.run(received_at, Buffer.byteLength(entry) + rowBytes, entry);
        // So many make room for the largest entry; where the limit was lowered, each that comes makes some.
        for (let step = 0; step < 20 && totalBytes() > maxBytes; step++) removeOldest.run(removedAtOnce / 10);
      }),
    removeBefore: (moment) => writer.write(() => removeBefore.all(moment, removedAtOnce).length),
  };
}

/** Of a page, in bytes: what is answered at once is held in memory. */
const maxPageBytes = 1024 * 1024;

export interface LogPage {
  /** JSON objects, newest first. */
  readonly entries: readonly string[];
  /** Where the next page begins; null where there is none. */
  readonly before: number | null;
}

/** A page of what was logged, in the reader's thread. An entry that is damaged is left out. */
export function readClientLog(database: Database) {
  const select = database.query<{ id: number; entry: string | null }, [number]>(
    `SELECT id, CASE WHEN json_valid(entry) THEN entry END AS entry FROM client_log WHERE id < ? ORDER BY id DESC`,
  );
  return ({ before, limit }: { readonly before: number; readonly limit: number }): LogPage => {
    const entries: string[] = [];
    let bytes = 0;
    let last = before;
    for (const { id, entry } of select.iterate(before)) {
      if (entries.length === limit || bytes > maxPageBytes) return { entries, before: last };
      last = id;
      if (entry === null) continue;
      bytes += entry.length;
      entries.push(entry);
    }
    return { entries, before: null };
  };
}
