import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import { ApiError } from "../protocol/errors.ts";
import type { NumberedEvent } from "../protocol/events.ts";
import type { EventsRow, JournalTables, RunRow } from "../store/journal.ts";
import { pack, unpack } from "./packing.ts";

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** The journal's side of one run. */
export interface RunJournal {
  /** Writes events, and the run's row where it has changed. `false` when that failed: it is tried again with what comes. */
  append(events: readonly NumberedEvent[], row?: RunRow): Promise<boolean>;
  /** Resolves when the run's last row is written, and what is left of its events; tells if that takes long. */
  end(row: RunRow, events: readonly NumberedEvent[], onLate: (failure: ApiError) => void): Promise<void>;
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

/** After how many tries to write a run's end its readers are told, and the pause before each: a disk may be full for long. */
const lateAfter = 4;
const retryMs = 250;

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
  /** Written as tails: what a page will be made of. */
  tail: Tail | undefined;
  /** What the batch before the last held: readers who are on time still have use for the last. */
  writtenBefore: number;
  isEnding: boolean;
  /** Why it could not be written, when that was tried last. */
  failure: unknown;
}

interface Tail {
  readonly first: number;
  /** As `pack` writes it, a batch after the other. */
  readonly text: string;
  readonly since: number;
  /** A row of the table before which none of it stands. */
  readonly row: number;
}

/** What a batch takes from one run. */
interface Taken {
  readonly run: RunRow | undefined;
  readonly waiting: NumberedEvent[];
}

/** What becomes of it: it goes to the tail, or with the tail to a page. */
interface EntryRows {
  readonly tail?: EventsRow;
  readonly page?: EventsRow;
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
  const closing = new AbortController();
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
        tail: undefined,
        writtenBefore: 0,
        isEnding: false,
        failure: undefined,
      };
      live.add(entry);
      return toRunJournal(entry);
    },
    read: readPages,
    async [Symbol.asyncDispose]() {
      closing.abort();
      clearInterval(sweep);
      await tidy();
    },
  };

  function toRunJournal(entry: Entry): RunJournal {
    return {
      async append(events, row) {
        put(entry, events, row);
        await flush();
        return isWritten(entry);
      },
      async end(row, events, onLate) {
        entry.isEnding = true;
        put(entry, events, row);
        await flush();
        for (let tries = 1; !isWritten(entry) && !closing.signal.aborted; tries++) {
          if (tries === lateAfter) onLate(notWritten(entry.failure));
          await Bun.sleep(retryMs);
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

  function put(entry: Entry, events: readonly NumberedEvent[], row: RunRow | undefined): void {
    entry.row = row ?? entry.row;
    entry.waiting = entry.waiting.length === 0 ? [...events] : [...entry.waiting, ...events];
    dirty.add(entry);
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
    writing = writeBatch();
    await writing;
  }

  async function writeBatch(): Promise<void> {
    const entries = [...dirty];
    dirty.clear();
    if (entries.length === 0) return;
    if (isFull()) entries.forEach(({ onFailure }) => onFailure(noSpace()));
    const taken = entries.map(take);
    try {
      let agedPages = 0;
      const written = entries.map((entry, index) =>
        toRows(entry, taken[index]!, isOld(entry) && agedPages++ < agedPagesAtOnce),
      );
      const tails = written.flatMap(({ tail }) => tail ?? []);
      const firstTail = await tables.write({
        runs: taken.flatMap(({ run }) => run ?? []),
        tails,
        pages: written.flatMap(({ page }) => page ?? []),
      });
      if (tails.length > 0) nextTailRow = firstTail + tails.length;
      hasTails ||= tails.length > 0;
      for (const [index, entry] of entries.entries()) settle(entry, written[index]!, firstTail);
    } catch (error) {
      log.error("events could not be written to disk; their runs end", { runs: entries.map(({ id }) => id), error });
      for (const [index, entry] of entries.entries()) putBack(entry, taken[index]!, error);
    }
  }

  function take(entry: Entry): Taken {
    const { row: run, waiting } = entry;
    entry.row = undefined;
    entry.waiting = [];
    return { run, waiting };
  }

  /** What could not be written still comes before what has come meanwhile. */
  function putBack(entry: Entry, { run, waiting }: Taken, error: unknown): void {
    entry.row ??= run;
    entry.waiting = [...waiting, ...entry.waiting];
    entry.failure = error;
    entry.onFailure(notWritten(error));
  }

  function toRows({ id, tail, isEnding }: Entry, { waiting }: Taken, isDue: boolean): EntryRows {
    const length = waiting.reduce((sum, { json }) => sum + json.length, tail?.text.length ?? 0);
    const isPage = isDue || isEnding || length >= pageSize.length;
    const events = isPage && tail ? [...unpack(tail.text, tail.first), ...waiting] : waiting;
    const [first] = events;
    const last = events.at(-1);
    if (!first || !last) return {};
    const row = { run_id: id, first: first.seq, last: last.seq, events: pack(events) };
    return isPage ? { page: row } : { tail: row };
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

  function isWritten({ row, waiting }: Entry): boolean {
    return row === undefined && waiting.length === 0;
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
    try {
      // Rows are numbered from 1 again once there are none: then `hasTails` is false until the next has its number.
      await tables.trimTails(Math.min(nextTailRow, ...needed));
      hasTails = needed.length > 0;
    } catch (error) {
      log.error("the journal could not be tidied", { error });
    }
  }
}
