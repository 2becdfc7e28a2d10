import { Database } from "bun:sqlite";
import { migrations } from "./migrations.ts";

/** Opens the database at `path`, at the newest version, ready for durable writes. */
export function openDatabase(path: string): Database {
  const database = new Database(path, { create: true, strict: true });
  database.run("PRAGMA journal_mode = WAL");
  // FULL: a committed write survives the loss of power, not only of the process.
  database.run("PRAGMA synchronous = FULL");
  database.run("PRAGMA foreign_keys = ON");
  database.run("PRAGMA busy_timeout = 5000");
  migrate(database);
  return database;
}

function migrate(database: Database): void {
  const version = readVersion(database);
  if (version > migrations.length) {
    database.close();
    throw new Error(
      `it was written by a newer Parley (database version ${version}, this program knows ${migrations.length}): use that version`,
    );
  }
  for (const [index, sql] of migrations.entries()) {
    database
      .transaction(() => {
        // Read again under the lock: another process may have migrated meanwhile.
        if (readVersion(database) !== index) return;
        database.run(sql);
        database.run(`PRAGMA user_version = ${index + 1}`);
      })
      .immediate();
  }
}

function readVersion(database: Database): number {
  return database.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
}
