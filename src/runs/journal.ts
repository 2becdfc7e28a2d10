import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import { ApiError } from "../protocol/errors.ts";
import type { NumberedEvent } from "../protocol/events.ts";
import type { EventsRow, JournalTables, RunRow } from "../store/journal.ts";
import { pack, unpack } from "./packing.ts";

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** The journal's side of one run. */
export interface RunJournal {
  /** Resolves when the events are written, and the run's row where it has changed, or when they cannot be. */
  append(events: readonly NumberedEvent[], row?: RunRow): Promise<void>;
  /** Writes the run's last row and what is left of its events. */
  end(row: RunRow): Promise<void>;
  /** Some of the events after a number; none when there are no more. */
  read(after: number): Promise<readonly NumberedEvent[]>;
}

export interface RunJournalParts {
  /** Events up to this number are written, and are not needed in memory. */
  readonly onWritten: (upTo: number) => void;
  /** It cannot go on being written. */
  readonly onFailure: (failure: ApiError) => void;
}

/** Events to disk, in batches, and back. */
export interface Journal extends AsyncDisposable {
  /** Resolves when the run is on disk: whoever is told its id finds it again. @throws {ApiError} `storage_full` */
  begin(row: RunRow, parts: RunJournalParts): Promise<RunJournal>;
  /** Some of the events of a run that is over, after a number; none when there are no more. */
  read(runId: string, after: number): Promise<readonly NumberedEvent[]>;
}

export interface JournalParts {
  readonly tables: JournalTables;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether runs already take more space than they may. */
  readonly isFull: () => boolean;
}

/**
 * Batches are written as they come, but on average no closer than this, measured over so long: a few answers never wait,
 * and a thousand share two hundred transactions a second, each the cheaper for it.
 */
const batchGapMs = 5;
const measuredMs = 100;

/** A tail becomes a page at this length, or at this age: older tails are in the way of those behind them. */
const pageSize = { length: 16 * 1024, ms: 2_500 };

/** How often the end of a run is tried to be written, and after which pause: a disk may be full for a moment. */
const endTries = 4;
const endRetryMs = 250;

/** How many old tails become pages in one batch: two or three milliseconds' worth. */
const agedPagesAtOnce = 100;

/** How much is read at once for a reader who is behind, in characters: a few thousand tokens, in a few milliseconds. */
const readLength = 16 * 1024;

const noSpace = () => new ApiError("storage_full", "resumable answers take all the space that max_journal gives them");

function notWritten(cause: unknown): ApiError {
  if (cause instanceof Error && "code" in cause && cause.code === "SQLITE_FULL")
    return new ApiError("storage_full", "the disk is full: the answer could not be written to it", { cause });
  return new ApiError("internal", "the answer could not be written to disk", { cause });
}

interface Entry extends RunJournalParts {
  readonly id: string;
  /** The run's row, where it is to be written. */
  row: RunRow | undefined;
  /** Not written yet. */
  waiting: NumberedEvent[];
  waitingLength: number;
  /** Written as tails: what a page will be made of. */
  tail: Tail | undefined;
  /** What the batch before the last held: readers who are on time still have use for the last. */
  writtenBefore: number;
  isEnding: boolean;
}

interface Tail {
  readonly first: number;
  /** As `pack` writes it, a batch after the other. */
  readonly text: string;
  readonly since: number;
  /** A row of the table before which none of it stands. */
  readonly row: number;
}

/** What one batch holds of one run. */
interface EntryRows {
  readonly run: RunRow | undefined;
  /** The events that it was made of, beside an older tail. */
  readonly waiting: NumberedEvent[];
  readonly tail: EventsRow | undefined;
  readonly page: EventsRow | undefined;
}

export function createJournal({ tables, clock, log, isFull }: JournalParts): Journal {
  const live = new Set<Entry>();
  const dirty = new Set<Entry>();
  let writing = Promise.resolve();
  /** The batch that is yet to be written. */
  let filling: Promise<void> | undefined;
  /** Before then no batch is written. */
  let dueAt = 0;
  let nextTailRow = 0;
  let hasTails = false;
  const sweep = setInterval(() => void tidy(), pageSize.ms);

  return {
    async begin(row, parts) {
      if (isFull()) throw noSpace();
      await tables.write({ runs: [row], tails: [], pages: [] }).catch((cause: unknown) => {
        throw notWritten(cause);
      });
      const entry: Entry = {
        ...parts,
        id: row.id,
        row: undefined,
        waiting: [],
        waitingLength: 0,
        tail: undefined,
        writtenBefore: 0,
        isEnding: false,
      };
      live.add(entry);
      return toRunJournal(entry);
    },
    read: readPages,
    async [Symbol.asyncDispose]() {
      clearInterval(sweep);
      await flush();
    },
  };

  function toRunJournal(entry: Entry): RunJournal {
    return {
      append(events, row) {
        entry.row = row ?? entry.row;
        for (const event of events) {
          entry.waiting.push(event);
          entry.waitingLength += event.json.length;
        }
        dirty.add(entry);
        return flush();
      },
      async end(row) {
        entry.row = row;
        entry.isEnding = true;
        for (let tries = 0; entry.row && tries < endTries; tries++) {
          if (tries > 0) await Bun.sleep(endRetryMs);
          dirty.add(entry);
          await flush();
        }
        live.delete(entry);
      },
      async read(after) {
        const { tail } = entry;
        if (!tail || after + 1 < tail.first) return readPages(entry.id, after);
        return unpack(tail.text, tail.first).filter(({ seq }) => seq > after);
      },
    };
  }

  async function readPages(runId: string, after: number): Promise<NumberedEvent[]> {
    // A reader that takes everything at once must not keep the others from their turn.
    await nextTurn();
    const rows = await tables.readPages(runId, after, readLength);
    return rows.flatMap((row) => unpack(row.events, row.first)).filter(({ seq }) => seq > after);
  }

  /** Writes what waits, and what comes until that begins. Never rejects. */
  function flush(): Promise<void> {
    return (filling ??= fill());
  }

  async function fill(): Promise<void> {
    await writing;
    const early = dueAt - performance.now();
    if (early > 0) await Bun.sleep(early);
    dueAt = Math.max(dueAt, performance.now() - measuredMs) + batchGapMs;
    filling = undefined;
    writing = writeBatch().catch((error: unknown) => log.error("the journal failed inside the server", { error }));
    await writing;
  }

  async function writeBatch(): Promise<void> {
    const entries = [...dirty];
    dirty.clear();
    if (entries.length === 0) return;
    if (isFull()) entries.forEach(({ onFailure }) => onFailure(noSpace()));
    let agedPages = 0;
    const written = entries.map((entry) => takeRows(entry, isOld(entry) && agedPages++ < agedPagesAtOnce));
    const tails = written.flatMap(({ tail }) => tail ?? []);
    try {
      const firstTail = await tables.write({
        runs: written.flatMap(({ run }) => run ?? []),
        tails,
        pages: written.flatMap(({ page }) => page ?? []),
      });
      if (tails.length > 0) nextTailRow = firstTail + tails.length;
      hasTails ||= tails.length > 0;
      for (const [index, entry] of entries.entries()) settle(entry, written[index]!, firstTail);
    } catch (error) {
      log.error("events could not be written to disk; their runs end", { runs: entries.map(({ id }) => id), error });
      for (const [index, entry] of entries.entries()) {
        putBack(entry, written[index]!);
        entry.onFailure(notWritten(error));
      }
    }
  }

  function takeRows(entry: Entry, isDue: boolean): EntryRows {
    const { id, row: run, waiting, tail, waitingLength, isEnding } = entry;
    entry.row = undefined;
    entry.waiting = [];
    entry.waitingLength = 0;
    const isPage = isDue || isEnding || (tail?.text.length ?? 0) + waitingLength >= pageSize.length;
    const events = isPage && tail ? [...unpack(tail.text, tail.first), ...waiting] : waiting;
    const [first] = events;
    const last = events.at(-1);
    if (!first || !last) return { run, waiting, tail: undefined, page: undefined };
    const row = { run_id: id, first: first.seq, last: last.seq, events: pack(events) };
    return { run, waiting, ...(isPage ? { tail: undefined, page: row } : { tail: row, page: undefined }) };
  }

  /** What could not be written still comes before what has come meanwhile. */
  function putBack(entry: Entry, { run, waiting }: EntryRows): void {
    entry.row ??= run;
    entry.waiting = [...waiting, ...entry.waiting];
    entry.waitingLength = entry.waiting.reduce((sum, { json }) => sum + json.length, 0);
  }

  function settle(entry: Entry, { tail, page }: EntryRows, firstTail: number): void {
    if (page) entry.tail = undefined;
    else if (tail) {
      const { first, events: text } = tail;
      entry.tail = entry.tail
        ? { ...entry.tail, text: `${entry.tail.text}\n${text}` }
        : { first, text, since: clock(), row: firstTail };
    }
    entry.onWritten(entry.writtenBefore);
    entry.writtenBefore = (page ?? tail)?.last ?? entry.writtenBefore;
  }

  function isOld({ tail }: Entry): boolean {
    return tail !== undefined && clock() - tail.since >= pageSize.ms;
  }

  /** Makes pages of old tails, and removes the rows of tails that pages have taken the place of. */
  async function tidy(): Promise<void> {
    for (const entry of live) if (isOld(entry)) dirty.add(entry);
    await flush();
    const needed = [...live].flatMap(({ tail }) => tail?.row ?? []);
    if (!hasTails) return;
    hasTails = needed.length > 0;
    await tables
      .trimTails(Math.min(nextTailRow, ...needed))
      .catch((error: unknown) => log.error("the journal could not be tidied", { error }));
  }
}
