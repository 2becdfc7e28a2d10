import { ApiError } from "../protocol/errors.ts";
import type { RunRow } from "../store/journal.ts";
import type { EventReader } from "./event-log.ts";
import { interruptedEvents } from "./interruption.ts";
import type { Journal } from "./journal.ts";
import { toNumbered } from "./packing.ts";

/**
 * The events of a run that is over, after a number.
 *
 * A run that was cut short without a chance to say so is told its end anew by each reader's own count: one that saw
 * more than was journalled saw numbers that died with the server, and no number may lie below one that it has seen.
 *
 * @throws {ApiError} `not_found` when it expires meanwhile
 */
export async function* replay(journal: Journal, row: RunRow, after: number): EventReader {
  let cursor = after;
  while (cursor < row.sequence) {
    const events = await journal.read(row.id, cursor);
    if (events[0]?.seq !== cursor + 1) throw new ApiError("not_found", "this answer has expired");
    yield events;
    cursor = events.at(-1)!.seq;
  }
  if (row.state === "interrupted" && row.reason === null)
    yield interruptedEvents().map((event, index) => toNumbered(event, cursor + 1 + index));
}
