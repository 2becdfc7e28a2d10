import { join } from "node:path";
import { openDatabase } from "./database.ts";
import { openUsageTable, type UsageTable } from "./usage.ts";
import { createWriter } from "./writer.ts";

export interface Store extends Disposable {
  readonly usage: UsageTable;
}

/** Opens everything kept under `directory`, which must exist. */
export function openStore(directory: string): Store {
  const database = openDatabase(join(directory, "parley.db"));
  const writer = createWriter(database);
  return {
    usage: openUsageTable(database, writer),
    [Symbol.dispose]() {
      writer.flush();
      database.close();
    },
  };
}
