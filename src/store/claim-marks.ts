import { AsyncLocalStorage } from "node:async_hooks";
import type { Database } from "bun:sqlite";

/**
 * Which claim the present request holds, wherever its work has got to. Whatever that work writes is noted in the same
 * transaction, so that after a crash it is known whether anything of it was done.
 */
export interface ClaimMarks {
  within<T>(work: () => T): T;
  hold(claim: number | undefined): void;
  readonly held: number | undefined;
  /** Notes that the claim which is held now has written; `undefined` where none is. */
  note(): (() => void) | undefined;
}

export function createClaimMarks(database: Database): ClaimMarks {
  const requests = new AsyncLocalStorage<{ claim: number | undefined }>();
  const mark = database.query("UPDATE claims SET has_written = 1 WHERE id = ?");
  return {
    within: (work) => requests.run({ claim: undefined }, work),
    hold(claim) {
      const request = requests.getStore();
      if (request) request.claim = claim;
    },
    get held() {
      return requests.getStore()?.claim;
    },
    note() {
      const claim = requests.getStore()?.claim;
      return claim === undefined ? undefined : () => void mark.run(claim);
    },
  };
}
