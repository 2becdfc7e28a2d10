import type { Database } from "bun:sqlite";
import { type Count, createCount, createDistribution, type Distribution, observe } from "../lib/counts.ts";
import type { DatabaseOptions } from "./database.ts";
import type { Disk } from "./disk.ts";

export interface Writer {
  /** Resolves when `write` is on disk; rejects, alone, when it throws. */
  write<T>(write: () => T): Promise<T>;
  /** The same for what the loss of power may take until something else is written, the end of the process not. */
  writeLightly<T>(write: () => T): Promise<T>;
  /** Commits what waits, now. */
  flush(): void;
  readonly figures: WriterFigures;
}

/** How transactions went. */
export interface WriterFigures {
  /** Of each, with its wait for the disk. */
  readonly seconds: Distribution;
  /** How many shared one. */
  readonly writes: Distribution;
  /** Those that were undone as a whole. */
  readonly failed: Count;
}

const secondBounds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5];
const writeBounds = [1, 2, 4, 8, 16, 32, 64, 128, 256, 1024];

interface Pending {
  readonly isLight: boolean;
  /** Gives what it threw. */
  run(): unknown;
  /** Called once the transaction is on disk, or has failed as a whole. */
  settle(failure?: unknown): void;
}

export interface WriterOptions {
  /** What is written besides, in the same transaction, for whoever writes now. */
  readonly besides?: () => (() => void) | undefined;
  /** As its database was opened: FULL where the loss of power is to take nothing. */
  readonly synchronous?: DatabaseOptions["synchronous"];
  /** Told what could not be written. */
  readonly disk?: Pick<Disk, "note">;
}

/**
 * All writes of one tick share one transaction and are answered after it: FULL syncs every commit (about 4,000 a
 * second), and a commit that carries fifty rows costs what one does.
 */
export function createWriter(
  database: Database,
  { besides: toBesides, synchronous = "FULL", disk }: WriterOptions = {},
): Writer {
  let pending: Pending[] = [];
  const figures: WriterFigures = {
    seconds: createDistribution(secondBounds),
    writes: createDistribution(writeBounds),
    failed: createCount(),
  };

  return {
    write: (write) => add(write, false),
    writeLightly: (write) => add(write, true),
    flush: commit,
    figures,
  };

  function add<T>(write: () => T, mayBeLight: boolean): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    let outcome: () => void;
    const besides = toBesides?.();
    const both = () => {
      const value = write();
      besides?.();
      return value;
    };
    if (pending.length === 0) setImmediate(commit);
    pending.push({
      isLight: mayBeLight && besides === undefined,
      run() {
        try {
          // In a savepoint: made here, so that a write after the end is refused, rather than thrown at once.
          const value = database.transaction(both)();
          outcome = () => resolve(value);
        } catch (error) {
          disk?.note(error);
          outcome = () => reject(error);
          return error;
        }
        return undefined;
      },
      settle: (failure) => (failure === undefined ? outcome() : reject(failure)),
    });
    return promise;
  }

  function commit(): void {
    if (pending.length === 0) return;
    const batch = pending;
    pending = [];
    let failure: unknown;
    const startedAt = performance.now();
    try {
      if (batch.every(({ isLight }) => isLight)) withoutSync(() => commitAll(batch));
      else commitAll(batch);
    } catch (error) {
      disk?.note(error);
      failure = error;
      figures.failed.value++;
    }
    observe(figures.seconds, (performance.now() - startedAt) / 1000);
    observe(figures.writes, batch.length);
    for (const write of batch) write.settle(failure);
  }

  function commitAll(batch: readonly Pending[]): void {
    database
      .transaction(() => {
        for (const write of batch) {
          const thrown = write.run();
          // A full disk undoes the whole transaction, and what came after would stand alone (sqlite.org/lang_transaction).
          if (!database.inTransaction) throw thrown;
        }
      })
      .immediate();
  }

  /** The next commit that is synced takes these along, since they stand before it in the same file. */
  function withoutSync(run: () => void): void {
    database.run("PRAGMA synchronous = NORMAL");
    try {
      run();
    } finally {
      database.run(`PRAGMA synchronous = ${synchronous}`);
    }
  }
}
