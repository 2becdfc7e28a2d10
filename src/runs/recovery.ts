import type { Clock } from "../lib/clock.ts";
import type { JournalTables, RunRow, TailRow } from "../store/journal.ts";
import type { Presence } from "../store/presence.ts";
import { pack, unpack } from "./packing.ts";

export interface RecoveryParts {
  readonly tables: JournalTables;
  readonly presence: Presence;
  readonly clock: Clock;
}

/**
 * Marks the runs of servers that are no more as `interrupted`, with what was written of them, and gives their number.
 * Another server that does the same at the same time does no harm.
 */
export async function recoverRuns({ tables, presence, clock }: RecoveryParts): Promise<number> {
  const running = await tables.listRunning();
  const tails = await tables.readTails();
  // Asked last: who began to live meanwhile is among them.
  const living = presence.living();
  const isOrphan = ({ server }: { readonly server: number }) => !living.has(server);
  const orphans = running.filter(isOrphan);
  const tailsOf = Map.groupBy(tails.filter(isOrphan), ({ run_id }) => run_id);
  for (const row of orphans) await interrupt(row, tailsOf.get(row.id) ?? []);
  for (const server of new Set(tails.filter(isOrphan).map(({ server }) => server))) await tables.dropTails(server);
  return orphans.length;

  async function interrupt(row: RunRow, tails: readonly TailRow[]): Promise<void> {
    const paged = await tables.lastPaged(row.id);
    // A tail that became a page may still stand there.
    const events = tails.filter(({ last }) => last > paged).flatMap((tail) => unpack(tail.events, tail.first));
    const [first] = events;
    const sequence = events.at(-1)?.seq ?? paged;
    const ended: RunRow = { ...row, state: "interrupted", sequence, ended_at: clock() };
    const page = first && { run_id: row.id, first: first.seq, last: sequence, events: pack(events) };
    await tables.interrupt(ended, page);
  }
}
