import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import { ApiError } from "../protocol/errors.ts";
import type { NumberedEvent } from "../protocol/events.ts";
import type { EventsRow, JournalTables, RunRow } from "../store/journal.ts";
import { pack, unpack } from "./packing.ts";

/** The journal's side of one run. */
export interface RunJournal {
  /** Events to be written soon, and the run's row where it has changed. A promise means: wait, enough is on its way. */
  append(events: readonly NumberedEvent[], row?: RunRow): Promise<void> | undefined;
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
  /** Resolves when the run is on disk: whoever is told its id finds it again. */
  begin(row: RunRow, parts: RunJournalParts): Promise<RunJournal>;
  /** The events of a run that is over, from one place on. */
  replay(runId: string, after: number): AsyncGenerator<readonly NumberedEvent[]>;
}

export interface JournalParts {
  readonly tables: JournalTables;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether runs already take more space than they may. */
  readonly isFull: () => boolean;
}

/** A batch is written after so long, or once so many events or characters wait. */
const batch = { ms: 50, events: 64, length: 256 * 1024 };

/** A tail becomes a page at this length, or at this age: older tails are in the way of those behind them. */
const pageSize = { length: 16 * 1024, ms: 2_500 };

/** How many old tails become pages in one batch: two or three milliseconds' worth. */
const agedPagesAtOnce = 100;

/** How much is read at once for a reader who is behind. */
const readLength = 64 * 1024;

const noSpace = () => new ApiError("storage_full", "resumable answers take all the space that max_journal gives them");
const notWritten = (cause: unknown) => new ApiError("internal", "the answer could not be written to disk", { cause });

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
  readonly tail: EventsRow | undefined;
  readonly page: EventsRow | undefined;
}

export function createJournal({ tables, clock, log, isFull }: JournalParts): Journal {
  const live = new Set<Entry>();
  const dirty = new Set<Entry>();
  let timer: Timer | undefined;
  let flushing = Promise.resolve();
  let nextTailRow = 0;
  let trimmedBefore = 0;
  const sweep = setInterval(() => void tidy(), pageSize.ms);

  return {
    async begin(row, parts) {
      await tables.write({ runs: [row], tails: [], pages: [] });
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
    async *replay(runId, after) {
      for (let cursor = after; ;) {
        const events = await readPages(runId, cursor);
        const last = events.at(-1);
        if (!last) return;
        yield events;
        cursor = last.seq;
      }
    },
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
        if (entry.waiting.length >= batch.events || entry.waitingLength >= batch.length) return flush();
        timer ??= setTimeout(() => void flush(), batch.ms);
        return undefined;
      },
      async end(row) {
        entry.row = row;
        entry.isEnding = true;
        dirty.add(entry);
        await flush();
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
    const rows = await tables.readPages(runId, after, readLength);
    return rows.flatMap((row) => unpack(row.events, row.first)).filter(({ seq }) => seq > after);
  }

  /** One at a time, so that what is written stands in the order in which it came. Never rejects. */
  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    flushing = flushing.then(writeBatch);
    return flushing;
  }

  async function writeBatch(): Promise<void> {
    const entries = [...dirty];
    dirty.clear();
    if (entries.length === 0) return;
    if (isFull()) entries.forEach(({ onFailure }) => onFailure(noSpace()));
    let agedPages = 0;
    const written = entries.map((entry) => toRows(entry, isOld(entry) && agedPages++ < agedPagesAtOnce));
    const tails = written.flatMap(({ tail }) => tail ?? []);
    try {
      const firstTail = await tables.write({
        runs: written.flatMap(({ run }) => run ?? []),
        tails,
        pages: written.flatMap(({ page }) => page ?? []),
      });
      if (tails.length > 0) nextTailRow = firstTail + tails.length;
      for (const [index, entry] of entries.entries()) settle(entry, written[index]!, firstTail);
    } catch (error) {
      log.error("events could not be written to disk; their runs end", { runs: entries.map(({ id }) => id), error });
      entries.forEach(({ onFailure }) => onFailure(notWritten(error)));
    }
  }

  function toRows(entry: Entry, isDue: boolean): EntryRows {
    const { id, row: run, waiting, tail, waitingLength, isEnding } = entry;
    entry.row = undefined;
    entry.waiting = [];
    entry.waitingLength = 0;
    const isPage = isDue || isEnding || (tail?.text.length ?? 0) + waitingLength >= pageSize.length;
    const events = isPage && tail ? [...unpack(tail.text, tail.first), ...waiting] : waiting;
    const [first] = events;
    const last = events.at(-1);
    if (!first || !last) return { run, tail: undefined, page: undefined };
    const row = { run_id: id, first: first.seq, last: last.seq, events: pack(events) };
    return isPage ? { run, tail: undefined, page: row } : { run, tail: row, page: undefined };
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
    const before = Math.min(nextTailRow, ...needed);
    if (before === trimmedBefore) return;
    trimmedBefore = before;
    await tables.trimTails(before).catch((error: unknown) => log.error("the journal could not be tidied", { error }));
  }
}
