import type { RunRow } from "../store/journal.ts";
import type { EventReader } from "./event-log.ts";
import { interruptedEvents } from "./interruption.ts";
import type { Journal } from "./journal.ts";
import { toNumbered } from "./packing.ts";

/** The events of a run that is over, after a number. */
export async function* replay(journal: Journal, row: RunRow, after: number): EventReader {
  // What this reader has seen beyond the journal's end died with the server; it still has to be told of the end.
  if (row.state === "interrupted" && after > row.sequence) {
    yield interruptedEvents().map((event, index) => toNumbered(event, after + 1 + index));
    return;
  }
  yield* journal.replay(row.id, after);
}
