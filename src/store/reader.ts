import { openLazyThread } from "../lib/thread.ts";
import type { ReaderOp } from "./reader-worker.ts";
import type { Answer, Asked, ReadName } from "./reads.ts";

/** Reads in a thread of its own, with its own connection: it sees whatever was committed before it is asked. */
export interface Reader extends AsyncDisposable {
  /** One after the other, in the order in which they are asked. @throws what SQLite says */
  read<Name extends ReadName>(name: Name, asked: Asked<Name>): Promise<Answer<Name>>;
}

export function openReader(path: string): Reader {
  const url = new URL("./reader-worker.ts", import.meta.url);
  const thread = openLazyThread<ReaderOp, unknown>(url, { op: "open", path });
  return {
    async read<Name extends ReadName>(name: Name, asked: Asked<Name>) {
      return (await thread.ask({ op: "read", name, asked })) as Answer<Name>;
    },
    [Symbol.asyncDispose]: () => thread.close({ op: "close" }, new Error("the database was closed")),
  };
}
