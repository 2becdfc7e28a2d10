import { ApiError, toApiError } from "../protocol/errors.ts";
import type { NumberedEvent } from "../protocol/events.ts";
import type { EventsRow, RunRow } from "../store/journal.ts";
import { pack, unpack } from "./packing.ts";

export interface RunJournalParts {
  /** Events up to this number are written, and are not needed in memory. */
  readonly onWritten: (upTo: number) => void;
  /** It cannot go on being written. */
  readonly onFailure: (failure: ApiError) => void;
}

/** A tail becomes a page at this length, or at this age: older tails are in the way of those behind them. */
export const pageSize = { length: 16 * 1024, ms: 2_500 };

/** What the journal has of one run while that is produced: what waits to be written, and the tail that was. */
export interface JournalEntry extends RunJournalParts {
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

export function createEntry(id: string, parts: RunJournalParts): JournalEntry {
  return {
    ...parts,
    id,
    row: undefined,
    waiting: [],
    tail: undefined,
    writtenBefore: 0,
    isEnding: false,
    failure: undefined,
  };
}

export function put(entry: JournalEntry, events: readonly NumberedEvent[], row: RunRow | undefined): void {
  entry.row = row ?? entry.row;
  entry.waiting = entry.waiting.length === 0 ? [...events] : [...entry.waiting, ...events];
}

/** Takes what waits, into a batch. */
export function take(entry: JournalEntry): Taken {
  const { row: run, waiting } = entry;
  entry.row = undefined;
  entry.waiting = [];
  return { run, waiting };
}

/** What could not be written still comes before what has come meanwhile. */
export function putBack(entry: JournalEntry, { run, waiting }: Taken, error: unknown): void {
  entry.row ??= run;
  entry.waiting = [...waiting, ...entry.waiting];
  entry.failure = error;
  entry.onFailure(notWritten(error));
}

/** With `isDue`, or where it has grown, what it takes goes to a page with the tail before it. */
export function toRows({ id, tail, isEnding }: JournalEntry, { waiting }: Taken, isDue: boolean): EntryRows {
  const length = waiting.reduce((sum, { json }) => sum + json.length, tail?.text.length ?? 0);
  const isPage = isDue || isEnding || length >= pageSize.length;
  const events = isPage && tail ? [...unpack(tail.text, tail.first), ...waiting] : waiting;
  const [first] = events;
  const last = events.at(-1);
  if (!first || !last) return {};
  const row = { run_id: id, first: first.seq, last: last.seq, events: pack(events) };
  return isPage ? { page: row } : { tail: row };
}

/** Its rows are on disk, the first tail of the batch under this number. */
export function settle(entry: JournalEntry, { tail, page }: EntryRows, firstTail: number, now: number): void {
  if (page) entry.tail = undefined;
  else if (tail) {
    const { first, events: text } = tail;
    entry.tail = entry.tail
      ? { ...entry.tail, text: `${entry.tail.text}\n${text}` }
      : { first, text, since: now, row: firstTail };
  }
  entry.onWritten(entry.writtenBefore);
  entry.writtenBefore = (page ?? tail)?.last ?? entry.writtenBefore;
}

export function isWritten({ row, waiting }: JournalEntry): boolean {
  return row === undefined && waiting.length === 0;
}

/** Whether its tail is in the way of those behind it. */
export function isOld({ tail }: JournalEntry, now: number): boolean {
  return tail !== undefined && now - tail.since >= pageSize.ms;
}

/** Why a run ends that the disk does not take. */
export function notWritten(cause: unknown): ApiError {
  const failure = toApiError(cause);
  if (failure.reason === "storage_unavailable") return failure;
  return new ApiError("internal", "the answer could not be written to disk", { cause });
}
