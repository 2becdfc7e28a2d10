import { Database } from "bun:sqlite";
import { openToRead } from "./database.ts";
import { blobFolders } from "./layout.ts";
import { migrations } from "./migrations.ts";

/** What is said of a database that no server has open. */
export interface Contents {
  /** How many of the migrations it has seen. */
  readonly version: number;
  /** How many rows each table has. */
  readonly rows: Readonly<Record<string, number>>;
  /** The files that its rows name, as paths within the data directory. */
  readonly blobs: ReadonlySet<string>;
}

/**
 * Copies the database at `path`, as it is at one moment, while others write: a reader in WAL mode holds up nobody. What is
 * made anew wherever it is missing is left out.
 */
export function takeSnapshot(path: string, copy: string): void {
  {
    using database = openToRead(path);
    // It need not survive a loss of power, and to write it out at once would hold up the servers' own writes.
    database.run("PRAGMA synchronous = OFF");
    database.query("VACUUM INTO ?").run(copy);
  }
  using database = new Database(copy, { readwrite: true, strict: true });
  if (hasTable(database, "thumbnails")) database.run("DELETE FROM thumbnails");
}

export function readContents(path: string): Contents {
  using database = openToRead(path);
  const tables = database.query<{ name: string }, []>(
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
  );
  const count = (table: string) =>
    database.query<{ count: number }, []>(`SELECT count(*) AS count FROM "${table}"`).get()?.count ?? 0;
  const blobs = new Set<string>();
  for (const { table, column, folder } of blobFolders) {
    if (!hasTable(database, table)) continue;
    const rows = database.query<{ name: string }, []>(`SELECT DISTINCT ${column} AS name FROM ${table}`);
    for (const { name } of rows.iterate()) blobs.add(`${folder}/${name}`);
  }
  return {
    version: readVersion(database),
    rows: Object.fromEntries(tables.all().map(({ name }) => [name, count(name)])),
    blobs,
  };
}

/** Whether this program can read it. Older ones can be, once they are brought up to date. */
export function isKnownVersion(version: number): boolean {
  return version > 0 && version <= migrations.length;
}

/** What is wrong with it, in SQLite's words: nothing where it is whole. `quick` leaves out what indexes hold. */
export function findDamage(path: string, how: "whole" | "quick" = "whole"): string[] {
  try {
    using database = openToRead(path);
    const pragma = how === "quick" ? "quick_check" : "integrity_check";
    const lines = database.query<Record<string, string>, []>(`PRAGMA ${pragma}`).all();
    const found = lines.flatMap(({ [pragma]: line = "" }) => (line === "ok" ? [] : [line]));
    if (how === "quick") return found;
    const strays = database.query<{ table: string }, []>("PRAGMA foreign_key_check").all();
    return [...found, ...strays.map(({ table }) => `a row of ${table} belongs to none`)];
  } catch (thrown) {
    return [thrown instanceof Error ? thrown.message : String(thrown)];
  }
}

function readVersion(database: Database): number {
  return database.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
}

function hasTable(database: Database, name: string): boolean {
  return database.query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(name) !== null;
}
