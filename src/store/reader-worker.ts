import type { Database } from "bun:sqlite";
import { serveThread } from "../lib/thread.ts";
import { openToRead } from "./database.ts";
import { type ReadName, reads } from "./reads.ts";

/** The thread of `reader.ts`, and never started otherwise. */

export type ReaderOp =
  | { readonly op: "open"; readonly path: string }
  | { readonly op: "read"; readonly name: ReadName; readonly asked: unknown }
  | { readonly op: "close" };

let database: Database | undefined;
const prepared = new Map<ReadName, (asked: never) => unknown>();

serveThread(obey);

function obey(asked: ReaderOp): unknown {
  switch (asked.op) {
    case "open":
      database = openToRead(asked.path);
      return undefined;
    case "read":
      return prepare(asked.name)(asked.asked as never);
    case "close":
      // A thread that ends with its file open may leave it locked.
      prepared.clear();
      database?.close();
      database = undefined;
      return undefined;
  }
}

function prepare(name: ReadName): (asked: never) => unknown {
  if (!database) throw new Error("the database is not open");
  const read: (asked: never) => unknown = prepared.get(name) ?? reads[name](database);
  prepared.set(name, read);
  return read;
}
