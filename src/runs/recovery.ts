import type { Clock } from "../lib/clock.ts";
import type { EventsRow, JournalTables, RunRow } from "../store/journal.ts";
import type { Presence } from "../store/presence.ts";
import { interruptedEvents } from "./interruption.ts";
import { pack, toNumbered, unpack } from "./packing.ts";

export interface RecoveryParts {
  readonly tables: JournalTables;
  readonly presence: Presence;
  readonly clock: Clock;
}

/**
 * Ends the runs of servers that are no more: what was written of them stays, and they are marked `interrupted`.
 * Gives their number.
 */
export async function recoverRuns({ tables, presence, clock }: RecoveryParts): Promise<number> {
  const living = presence.living();
  const orphans = (await tables.listRunning()).filter(({ server }) => !living.has(server));
  if (orphans.length > 0) {
    const tails = Map.groupBy(await tables.readTails(), ({ run_id }) => run_id);
    for (const row of orphans) await interrupt(row, tails.get(row.id) ?? []);
  }
  await tables.dropTails([...living]);
  return orphans.length;

  async function interrupt(row: RunRow, tails: readonly EventsRow[]): Promise<void> {
    const paged = await tables.lastPaged(row.id);
    // A tail that became a page may still stand there.
    const events = tails.filter(({ last }) => last > paged).flatMap((tail) => unpack(tail.events, tail.first));
    const last = events.at(-1)?.seq ?? paged;
    events.push(...interruptedEvents().map((event, index) => toNumbered(event, last + 1 + index)));
    const sequence = events.at(-1)!.seq;
    const page = { run_id: row.id, first: events[0]!.seq, last: sequence, events: pack(events) };
    const ended: RunRow = { ...row, state: "interrupted", reason: "error", sequence, ended_at: clock() };
    await tables.write({ runs: [ended], tails: [], pages: [page] });
  }
}
