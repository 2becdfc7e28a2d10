import type { Database } from "bun:sqlite";
import type { FinishReason } from "../protocol/events.ts";
import type { RunState } from "../protocol/runs.ts";
import type { Writer } from "./writer.ts";

/** A run that can be joined, while it runs and for some time after. */
export interface RunRow {
  readonly id: string;
  /** The server that runs it, or ran it. */
  readonly server: number;
  readonly owner: string;
  readonly chat_id: string | null;
  /** The run whose text it goes on from. */
  readonly continues: string | null;
  readonly resumable: 0 | 1;
  readonly state: RunState;
  readonly reason: FinishReason | null;
  readonly provider: string | null;
  readonly model: string | null;
  /** The usage event's payload, as JSON. */
  readonly usage: string | null;
  /** The number of its last event. */
  readonly sequence: number;
  /** Milliseconds since 1970. */
  readonly created_at: number;
  readonly ended_at: number | null;
}

/** Events of a run, numbered `first` to `last`. */
export interface EventsRow {
  readonly run_id: string;
  readonly first: number;
  readonly last: number;
  /** As `runs/packing.ts` writes them. */
  readonly events: string;
}

export interface TailRow extends EventsRow {
  readonly server: number;
}

export interface JournalWrite {
  /** Put in place of older rows of the same runs. */
  readonly runs: readonly RunRow[];
  readonly tails: readonly EventsRow[];
  readonly pages: readonly EventsRow[];
}

/**
 * Runs and their events, which are written and expire together.
 *
 * What comes goes to the end of `run_tails`, which nothing indexes: a thousand rows a tick cost half a millisecond so, and
 * thirty times as much in the order of an index. From time to time a run's tail is written once more as a page of
 * `run_pages`, from which it is read; then its rows of `run_tails` are of no use.
 */
export interface JournalTables {
  /** In one transaction. Gives the number of the first row of `tails`. */
  write(rows: JournalWrite): Promise<number>;
  /** Removes this server's tails that stand before this one. */
  trimTails(before: number): Promise<void>;
  /** Every tail, in the order in which they were written. */
  readTails(): Promise<TailRow[]>;
  /** Removes the tails of a server that is no more. */
  dropTails(server: number): Promise<void>;
  /** Ends a run whose server is no more, with the last of its events, unless somebody else has. */
  interrupt(run: RunRow, page: EventsRow): Promise<void>;
  /** The number of the last event that stands in a page; 0 where none does. */
  lastPaged(runId: string): Promise<number>;
  /** The pages after an event, in order, until they hold `maxLength` characters. */
  readPages(runId: string, after: number, maxLength: number): Promise<EventsRow[]>;
  find(id: string): Promise<RunRow | undefined>;
  /** Newest first. */
  list(owner: string, limit: number): Promise<RunRow[]>;
  /** Those that are still called running. */
  listRunning(): Promise<RunRow[]>;
  /** Ids of runs that ended before a moment, the oldest first. */
  listEnded(before: number, limit: number): Promise<string[]>;
  /** Removes a run, its pages some at a time, so that nothing else waits for long, and the last first: no reader meets a gap. */
  remove(runId: string): Promise<void>;
  /** What everything takes on disk, free pages left out, in bytes. */
  size(): number;
  /** Gives some of the freed space back to the system. */
  shrink(): Promise<void>;
}

const runColumns = `id, server, owner, chat_id, continues, resumable, state, reason, provider, model, usage, sequence,
  created_at, ended_at`;

/** How many rows, and how many pages of the file, go in one step: a few milliseconds. */
const removedAtOnce = 8;
const freedAtOnce = 500;

/** `server` is this process's own number. */
export function openJournalTables(database: Database, writer: Writer, server: number): JournalTables {
  const putRun = database.query(
    `INSERT OR REPLACE INTO runs (${runColumns}) VALUES ($id, $server, $owner, $chat_id, $continues, $resumable, $state,
      $reason, $provider, $model, $usage, $sequence, $created_at, $ended_at)`,
  );
  const insertTail = database.query(
    "INSERT INTO run_tails (server, run_id, first, last, events) VALUES (?, ?, ?, ?, ?)",
  );
  const insertPage = database.query(
    "INSERT OR REPLACE INTO run_pages (run_id, first, last, events) VALUES (?, ?, ?, ?)",
  );
  const trimTails = database.query("DELETE FROM run_tails WHERE id < ? AND server = ?");
  const tails = database.query<TailRow, []>("SELECT server, run_id, first, last, events FROM run_tails ORDER BY id");
  const dropTails = database.query("DELETE FROM run_tails WHERE server = ?");
  const lastPaged = database.query<{ last: number | null }, [string]>(
    "SELECT max(last) AS last FROM run_pages WHERE run_id = ?",
  );
  const pagesAfter = database.query<EventsRow, [string, number]>(
    "SELECT run_id, first, last, events FROM run_pages WHERE run_id = ? AND last > ? ORDER BY last",
  );
  const find = database.query<RunRow, [string]>(`SELECT ${runColumns} FROM runs WHERE id = ?`);
  const list = database.query<RunRow, [string, number]>(
    `SELECT ${runColumns} FROM runs WHERE owner = ? ORDER BY created_at DESC LIMIT ?`,
  );
  const listRunning = database.query<RunRow, []>(`SELECT ${runColumns} FROM runs WHERE state = 'running'`);
  const listEnded = database.query<{ id: string }, [number, number]>(
    "SELECT id FROM runs WHERE ended_at < ? ORDER BY ended_at LIMIT ?",
  );
  const removePages = database.query<{ last: number }, [string, string, number]>(
    `DELETE FROM run_pages WHERE run_id = ? AND last IN
      (SELECT last FROM run_pages WHERE run_id = ? ORDER BY last DESC LIMIT ?) RETURNING last`,
  );
  const removeRun = database.query("DELETE FROM runs WHERE id = ?");
  const free = database.query<{ pages: number }, []>("SELECT freelist_count AS pages FROM pragma_freelist_count");
  const used = database.query<{ bytes: number }, []>(
    `SELECT (page_count - freelist_count) * page_size AS bytes
     FROM pragma_page_count, pragma_freelist_count, pragma_page_size`,
  );

  return {
    write: ({ runs, tails, pages }) =>
      writer.write(() => {
        for (const row of runs) putRun.run({ ...row });
        for (const { run_id, first, last, events } of pages) insertPage.run(run_id, first, last, events);
        let firstTail = 0;
        for (const { run_id, first, last, events } of tails) {
          const { lastInsertRowid } = insertTail.run(server, run_id, first, last, events);
          firstTail ||= Number(lastInsertRowid);
        }
        return firstTail;
      }),
    trimTails: async (before) => void (await writer.write(() => trimTails.run(before, server))),
    readTails: async () => tails.all(),
    dropTails: async (server) => void (await writer.write(() => dropTails.run(server))),
    interrupt: (run, page) =>
      writer.write(() => {
        if (find.get(run.id)?.state !== "running") return;
        putRun.run({ ...run });
        insertPage.run(page.run_id, page.first, page.last, page.events);
      }),
    lastPaged: async (runId) => lastPaged.get(runId)?.last ?? 0,
    async readPages(runId, after, maxLength) {
      const rows: EventsRow[] = [];
      let length = 0;
      for (const row of pagesAfter.iterate(runId, after)) {
        rows.push(row);
        length += row.events.length;
        if (length >= maxLength) break;
      }
      return rows;
    },
    find: async (id) => find.get(id) ?? undefined,
    list: async (owner, limit) => list.all(owner, limit),
    listRunning: async () => listRunning.all(),
    listEnded: async (before, limit) => listEnded.all(before, limit).map(({ id }) => id),
    async remove(runId) {
      while ((await writer.write(() => removePages.all(runId, runId, removedAtOnce))).length > 0);
      await writer.write(() => removeRun.run(runId));
    },
    size: () => used.get()?.bytes ?? 0,
    async shrink() {
      if (free.get()?.pages === 0) return;
      await writer.write(() => database.run(`PRAGMA incremental_vacuum(${freedAtOnce})`));
    },
  };
}
