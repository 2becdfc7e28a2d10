import { Database } from "bun:sqlite";
import { existsSync, renameSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { isDamage } from "../protocol/disk-failure.ts";
import type { Migration } from "./migrations.ts";

export interface DatabaseOptions {
  /** How it came to be what it is, from the beginning. */
  readonly migrations: readonly Migration[];
  /** Whether freed space is given back to the system, in steps; else it is kept for what comes. */
  readonly shrinks: boolean;
  /** FULL: a committed write survives the loss of power. NORMAL: it survives the process. */
  readonly synchronous: "FULL" | "NORMAL";
}

/** For so many milliseconds, then it fails. */
const waitForOthers = "PRAGMA busy_timeout = 5000";

/** Opens the database at `path`, at the newest version. @throws where it is damaged, saying so, or of a newer version */
export function openDatabase(path: string, options: DatabaseOptions): Database {
  const database = new Database(path, { create: true, strict: true });
  try {
    prepare(database, options);
    return database;
  } catch (thrown) {
    database.close();
    if (!isDamage(thrown)) throw thrown;
    const { message, code } = thrown;
    throw Object.assign(new Error(`${basename(path)} is damaged (${message})`, { cause: thrown }), { code });
  }
}

/** A database is as many files, some of which may be missing. */
const ends = ["", "-wal", "-shm"] as const;

/** Removes a database that nobody has open, or that is begun anew. */
export function removeDatabase(path: string): void {
  for (const end of ends) rmSync(path + end, { force: true });
}

/** Gives a damaged database another name, so that nothing of it is lost and another can begin. Gives that name. */
export function setAside(path: string): string {
  const aside = `${path}.damaged-${new Date().toISOString().replace(/[:.]/g, "-")}`;
  for (const end of ends) if (existsSync(path + end)) renameSync(path + end, aside + end);
  return basename(aside);
}

/** Opens the database at `path` to look at it. Who writes meanwhile is waited for. */
export function openToRead(path: string): Database {
  const database = new Database(path, { readonly: true, strict: true });
  database.run(waitForOthers);
  return database;
}

/** Whether a database was not opened because a newer program wrote it. */
export function isNewer(thrown: unknown): boolean {
  return thrown instanceof NewerVersion;
}

class NewerVersion extends Error {}

function prepare(database: Database, { migrations, shrinks, synchronous }: DatabaseOptions): void {
  database.run(waitForOthers);
  const isNew = readNumber(database, "page_count") === 0;
  if (isNew) begin(database);
  // Of effect only before the first table.
  if (shrinks) database.run("PRAGMA auto_vacuum = INCREMENTAL");
  database.run("PRAGMA synchronous = FULL");
  database.run("PRAGMA journal_mode = WAL");
  // Its tables are on disk with the first row, since both are synced as one file; a crash before that leaves it new.
  if (isNew) database.run("PRAGMA synchronous = OFF");
  migrate(database, migrations);
  database.run(`PRAGMA synchronous = ${synchronous}`);
  database.run("PRAGMA foreign_keys = ON");
}

/**
 * A new one has nothing to lose, and its first page is written at once or not at all: so there is one wait for the disk,
 * where the usual way has eight, each of which takes as long as a start on a busy machine.
 */
function begin(database: Database): void {
  database.run("PRAGMA synchronous = OFF");
  database.run("PRAGMA busy_timeout = 0");
  try {
    database.run("PRAGMA journal_mode = MEMORY");
  } catch {
    // Another process makes it in this moment.
  }
  database.run(waitForOthers);
}

function migrate(database: Database, migrations: readonly Migration[]): void {
  const version = readVersion(database);
  if (version > migrations.length) {
    throw new NewerVersion(
      `it was written by a newer Parley (database version ${version}, this program knows ${migrations.length}): use that version`,
    );
  }
  // A new one comes into being at once: each transaction waits for the disk.
  if (version === 0) return bring(database, migrations, 0);
  for (const [index, migration] of migrations.entries()) bring(database, [migration], index);
}

/** Through some steps, from the version before them, in one transaction. */
function bring(database: Database, steps: readonly Migration[], from: number): void {
  database
    .transaction(() => {
      // Read again under the lock: another process may have migrated meanwhile.
      if (readVersion(database) !== from) return;
      for (const step of steps) {
        if (typeof step === "string") database.run(step);
        else step(database);
      }
      database.run(`PRAGMA user_version = ${from + steps.length}`);
    })
    .immediate();
}

function readVersion(database: Database): number {
  return readNumber(database, "user_version");
}

function readNumber(database: Database, pragma: "page_count" | "user_version"): number {
  return database.query<Record<string, number>, []>(`PRAGMA ${pragma}`).get()?.[pragma] ?? 0;
}
