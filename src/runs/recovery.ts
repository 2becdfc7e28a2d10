import type { Clock } from "../lib/clock.ts";
import type { JournalTables, RunRow, TailRow } from "../store/journal.ts";
import type { Presence } from "../store/presence.ts";
import { interruptedEvents } from "./interruption.ts";
import { pack, toNumbered, unpack } from "./packing.ts";

export interface RecoveryParts {
  readonly tables: JournalTables;
  readonly presence: Presence;
  readonly clock: Clock;
  /** Whether a run is being produced here. */
  readonly isRunning: (runId: string) => boolean;
}

/**
 * Ends the runs that are called running and are not: their server is no more, or could not write their end. What was
 * written of them stays, and an `error` and a `finish` follow. Gives their number. Another server that does the same at the
 * same time does no harm.
 */
export async function recoverRuns({ tables, presence, clock, isRunning }: RecoveryParts): Promise<number> {
  const running = await tables.listRunning();
  const living = presence.living();
  const orphans = running.filter(({ id, server }) => (server === presence.id ? !isRunning(id) : !living.has(server)));
  if (orphans.length === 0) return 0;
  // Read once it is known who is no more: those write nothing any more.
  const tails = await tables.readTails();
  const tailsOf = Map.groupBy(tails, ({ run_id }) => run_id);
  for (const row of orphans) await interrupt(row, tailsOf.get(row.id) ?? []);
  // Others may have begun to live meanwhile.
  const dead = new Set(tails.map(({ server }) => server)).difference(presence.living());
  for (const server of dead) await tables.dropTails(server);
  return orphans.length;

  async function interrupt(row: RunRow, tails: readonly TailRow[]): Promise<void> {
    const paged = await tables.lastPaged(row.id);
    // A tail that became a page may still stand there.
    const events = tails.filter(({ last }) => last > paged).flatMap((tail) => unpack(tail.events, tail.first));
    const last = events.at(-1)?.seq ?? paged;
    events.push(...interruptedEvents().map((event, index) => toNumbered(event, last + 1 + index)));
    const sequence = events.at(-1)!.seq;
    const page = { run_id: row.id, first: events[0]!.seq, last: sequence, events: pack(events) };
    const ended: RunRow = { ...row, state: "interrupted", reason: "error", sequence, ended_at: clock() };
    await tables.interrupt(ended, page);
  }
}
