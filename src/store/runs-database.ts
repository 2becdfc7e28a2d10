import type { Database } from "bun:sqlite";
import { isDamage } from "../protocol/disk-failure.ts";
import { openDatabase, setAside } from "./database.ts";
import { journalMigrations } from "./migrations.ts";

/**
 * A file of its own: it grows and shrinks with what is being said, and need not wait for the disk at every word. It holds the
 * last hour's answers: where it is damaged all the rest is not to wait for somebody who mends it, and it lies `aside`, under
 * that name.
 */
export function openRunsDatabase(path: string): { readonly database: Database; readonly aside?: string } {
  const open = () => openDatabase(path, { migrations: journalMigrations, shrinks: true, synchronous: "NORMAL" });
  let database: Database | undefined;
  try {
    database = open();
    // What every start reads of it.
    for (const table of ["runs WHERE state = 'running'", "run_tails"])
      database.query(`SELECT count(*) FROM ${table}`).get();
    return { database };
  } catch (thrown) {
    database?.close();
    if (!isDamage(thrown)) throw thrown;
    const aside = setAside(path);
    return { database: open(), aside };
  }
}
