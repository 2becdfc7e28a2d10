import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { JournalTables } from "../store/journal.ts";
import { isDamage } from "../protocol/disk-failure.ts";
import type { TraceTable } from "../store/traces.ts";

export interface RetentionParts {
  readonly tables: JournalTables;
  readonly traces: TraceTable;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a run stays after its end, in milliseconds. */
  readonly keepMs: number;
  /** What all runs together may take on disk, in bytes. */
  readonly maxBytes: number;
}

/** Lets runs expire, and the oldest before their time where space is short. */
export interface Retention extends AsyncDisposable {
  /** Whether even those that are running take more than they may. */
  readonly isFull: boolean;
  /** Removes what is due; a timer does so otherwise. */
  sweep(): Promise<void>;
}

const sweepMs = 5_000;
const atOnce = 100;

export function openRetention({ tables, traces, clock, log, keepMs, maxBytes }: RetentionParts): Retention {
  let isFull = false;
  let sweeping: Promise<void> | undefined;
  const closing = new AbortController();
  const sweep = () => (sweeping ??= sweepAll().finally(() => (sweeping = undefined)));
  const timer = setInterval(() => void sweep(), Math.min(sweepMs, keepMs));

  return {
    get isFull() {
      return isFull;
    },
    sweep,
    async [Symbol.asyncDispose]() {
      closing.abort();
      clearInterval(timer);
      await sweeping;
    },
  };

  function listDue(): Promise<string[]> {
    return tables.listEnded(clock() - keepMs, atOnce);
  }

  /** What is left when it is closed is due at the next start. */
  async function sweepAll(): Promise<void> {
    try {
      for (let ids = await listDue(); ids.length > 0; ids = await listDue())
        for (const id of ids) {
          if (closing.signal.aborted) return;
          await tables.remove(id);
        }
      while (!closing.signal.aborted && (await traces.removeEnded(clock() - keepMs)) > 0);
      while (!closing.signal.aborted && tables.size() > maxBytes) {
        const [oldest] = await tables.listEnded(Infinity, 1);
        if (oldest !== undefined) await tables.remove(oldest);
        else if ((await traces.removeEnded(Infinity)) === 0) break;
      }
      if (closing.signal.aborted) return;
      isFull = tables.size() > maxBytes;
      await tables.shrink();
    } catch (error) {
      if (isDamage(error)) clearInterval(timer);
      const cure = isDamage(error) ? "; runs.db is damaged: stop the server, then parley doctor --repair" : "";
      log.error(`expired answers could not be removed${cure}`, { error });
    }
  }
}
