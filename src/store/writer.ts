import type { Database } from "bun:sqlite";

export interface Writer {
  /** Resolves when `write` is on disk; rejects, alone, when it throws. */
  write<T>(write: () => T): Promise<T>;
  /** Commits what waits, now. */
  flush(): void;
}

interface Pending {
  /** Gives what it threw. */
  run(): unknown;
  /** Called once the transaction is on disk, or has failed as a whole. */
  settle(failure?: unknown): void;
}

/**
 * All writes of one tick share one transaction and are answered after it: FULL syncs every commit (about 4,000 a
 * second), and a commit that carries fifty rows costs what one does.
 *
 * @param note gives what is written besides, in the same transaction, for whoever writes now
 */
export function createWriter(database: Database, note: () => (() => void) | undefined = () => undefined): Writer {
  let pending: Pending[] = [];

  return {
    write<T>(write: () => T): Promise<T> {
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      let outcome: () => void;
      const besides = note();
      const both = () => {
        const value = write();
        besides?.();
        return value;
      };
      if (pending.length === 0) setImmediate(commit);
      pending.push({
        run() {
          try {
            // In a savepoint: made here, so that a write after the end is refused, rather than thrown at once.
            const value = database.transaction(both)();
            outcome = () => resolve(value);
          } catch (error) {
            outcome = () => reject(error);
            return error;
          }
          return undefined;
        },
        settle: (failure) => (failure === undefined ? outcome() : reject(failure)),
      });
      return promise;
    },
    flush: commit,
  };

  function commit(): void {
    if (pending.length === 0) return;
    const batch = pending;
    pending = [];
    let failure: unknown;
    try {
      database
        .transaction(() => {
          for (const write of batch) {
            const thrown = write.run();
            // A full disk undoes the whole transaction, and what came after would stand alone (sqlite.org/lang_transaction).
            if (!database.inTransaction) throw thrown;
          }
        })
        .immediate();
    } catch (error) {
      failure = error;
    }
    for (const write of batch) write.settle(failure);
  }
}
