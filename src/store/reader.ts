import { createDistribution, type Distribution, observe } from "../lib/counts.ts";
import { openLazyThread } from "../lib/thread.ts";
import type { ReaderOp } from "./reader-worker.ts";
import type { Answer, Asked, ReadName } from "./reads.ts";

/** Reads in a thread of its own, with its own connection: it sees whatever was committed before it is asked. */
export interface Reader extends AsyncDisposable {
  /** One after the other, in the order in which they are asked. @throws what SQLite says */
  read<Name extends ReadName>(name: Name, asked: Asked<Name>): Promise<Answer<Name>>;
  readonly figures: ReaderFigures;
}

export interface ReaderFigures {
  /** Of each read, with its wait for those before. */
  readonly seconds: Distribution;
  /** How many are under way or wait. */
  readonly waiting: number;
}

const secondBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10];

export function openReader(path: string): Reader {
  const url = new URL("./reader-worker.ts", import.meta.url);
  const thread = openLazyThread<ReaderOp, unknown>(url, { op: "open", path });
  const seconds = createDistribution(secondBounds);
  let waiting = 0;
  return {
    figures: {
      seconds,
      get waiting() {
        return waiting;
      },
    },
    async read<Name extends ReadName>(name: Name, asked: Asked<Name>) {
      const startedAt = performance.now();
      waiting++;
      try {
        return (await thread.ask({ op: "read", name, asked })) as Answer<Name>;
      } finally {
        waiting--;
        observe(seconds, (performance.now() - startedAt) / 1000);
      }
    },
    [Symbol.asyncDispose]: () => thread.close({ op: "close" }, new Error("the database was closed")),
  };
}
