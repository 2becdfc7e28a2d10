import type { RunRow } from "../store/journal.ts";
import { type EventReader, readNext } from "./event-log.ts";
import type { Journal } from "./journal.ts";

/** The events of a run that is over, after a number. @throws {ApiError} `not_found` when it expires meanwhile */
export async function* replay(journal: Journal, row: RunRow, after: number): EventReader {
  for (let cursor = after; cursor < row.sequence;) {
    const events = await readNext((from) => journal.read(row.id, from), cursor);
    yield events;
    cursor = events.at(-1)!.seq;
  }
}
