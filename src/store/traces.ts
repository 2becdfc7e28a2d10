import type { Database } from "bun:sqlite";
import type { Writer } from "./writer.ts";

/** How an answer came about, for as long as an answer can be read. */
export interface TraceRow {
  readonly run_id: string;
  readonly owner: string;
  /** Milliseconds since 1970. */
  readonly ended_at: number;
  /** A `RunTrace`, as JSON. */
  readonly trace: string;
}

export interface TraceTable {
  insert(row: TraceRow): Promise<void>;
  find(runId: string): Promise<TraceRow | undefined>;
  /** Removes some of those that ended before a moment, and gives their number. */
  removeEnded(before: number): Promise<number>;
}

/** How many rows go in one step: a few milliseconds. */
const removedAtOnce = 500;

export function openTraceTable(database: Database, writer: Writer): TraceTable {
  const insert = database.query("INSERT OR REPLACE INTO traces (run_id, owner, ended_at, trace) VALUES (?, ?, ?, ?)");
  const find = database.query<TraceRow, [string]>("SELECT run_id, owner, ended_at, trace FROM traces WHERE run_id = ?");
  const removeEnded = database.query<{ run_id: string }, [number, number]>(
    `DELETE FROM traces WHERE run_id IN (SELECT run_id FROM traces WHERE ended_at < ? ORDER BY ended_at LIMIT ?)
     RETURNING run_id`,
  );
  return {
    insert: async ({ run_id, owner, ended_at, trace }) =>
      void (await writer.write(() => insert.run(run_id, owner, ended_at, trace))),
    find: async (runId) => find.get(runId) ?? undefined,
    removeEnded: (before) => writer.write(() => removeEnded.all(before, removedAtOnce).length),
  };
}
