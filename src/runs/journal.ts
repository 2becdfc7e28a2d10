import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import { ApiError } from "../protocol/errors.ts";
import type { NumberedEvent } from "../protocol/events.ts";
import type { JournalTables, RunRow } from "../store/journal.ts";
import {
  createEntry,
  isOld,
  isWritten,
  type JournalEntry,
  notWritten,
  pageSize,
  put,
  putBack,
  type RunJournalParts,
  settle,
  take,
  toRows,
} from "./journal-entry.ts";
import { unpack } from "./packing.ts";

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

/** After how many tries to write a run's end its readers are told, and the pause before each: a disk may be full for long. */
const lateAfter = 4;
const retryMs = 250;

/** How many old tails become pages in one batch: two or three milliseconds' worth. */
const agedPagesAtOnce = 100;

/** How much is read at once for a reader who is behind, in characters: a few thousand tokens, in a few milliseconds. */
const readLength = 16 * 1024;

const noSpace = () => new ApiError("storage_full", "resumable answers take all the space that max_journal gives them");

export function createJournal({ tables, clock, log, isFull }: JournalParts): Journal {
  const live = new Set<JournalEntry>();
  const dirty = new Set<JournalEntry>();
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
      const entry = createEntry(row.id, parts);
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

  function toRunJournal(entry: JournalEntry): RunJournal {
    return {
      async append(events, row) {
        put(entry, events, row);
        dirty.add(entry);
        await flush();
        return isWritten(entry);
      },
      async end(row, events, onLate) {
        entry.isEnding = true;
        put(entry, events, row);
        dirty.add(entry);
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
        toRows(entry, taken[index]!, isOld(entry, clock()) && agedPages++ < agedPagesAtOnce),
      );
      const tails = written.flatMap(({ tail }) => tail ?? []);
      const firstTail = await tables.write({
        runs: taken.flatMap(({ run }) => run ?? []),
        tails,
        pages: written.flatMap(({ page }) => page ?? []),
      });
      if (tails.length > 0) nextTailRow = firstTail + tails.length;
      hasTails ||= tails.length > 0;
      for (const [index, entry] of entries.entries()) settle(entry, written[index]!, firstTail, clock());
    } catch (error) {
      log.error("events could not be written to disk; their runs end", { runs: entries.map(({ id }) => id), error });
      for (const [index, entry] of entries.entries()) putBack(entry, taken[index]!, error);
    }
  }

  /** Makes pages of old tails, and removes the rows of tails that pages have taken the place of. */
  async function tidy(): Promise<void> {
    for (const entry of live) if (isOld(entry, clock())) dirty.add(entry);
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
