import { closeSync, copyFileSync, existsSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Database } from "bun:sqlite";
import { removeDatabase, setAside } from "./database.ts";
import { databaseName, remadeNames, runsName } from "./layout.ts";
import { findDamage } from "./snapshot.ts";

/** What was found at one database, and done about it. */
export interface Repair {
  readonly name: string;
  readonly found: string;
  /** `undefined` where nothing safe could be done. */
  readonly done: string | undefined;
}

/**
 * Mends what can be mended without losing anything: what is made of the rest goes, the last hour's answers are set aside,
 * indexes of the database are built anew, and rows that belong to none go. Nobody else may have the directory open.
 */
export function repairDirectory(directory: string): Repair[] {
  const damaged = [...remadeNames, runsName, databaseName].flatMap((name) => {
    const path = join(directory, name);
    const [found] = existsSync(path) ? findDamage(path) : [];
    return found === undefined ? [] : [{ name, path, found }];
  });
  return damaged.map(({ name, path, found }) => ({ name, found, done: mend(name, path) }));
}

function mend(name: string, path: string): string | undefined {
  if (name === runsName) return `set aside as ${setAside(path)}; it is begun anew`;
  if (name !== databaseName) {
    removeDatabase(path);
    return "removed; it is made anew of the rest";
  }
  const mended = `${path}.mending`;
  try {
    if (!copyMended(path, mended, reindex) && !copyMended(path, mended, refillIndexes)) return undefined;
    const aside = setAside(path);
    renameSync(mended, path);
    return `mended: its indexes are built anew; as it was it lies in ${aside}`;
  } finally {
    removeDatabase(mended);
  }
}

/** Whether what one way makes of a copy is whole. */
function copyMended(path: string, copy: string, way: (copy: string) => void): boolean {
  try {
    removeDatabase(copy);
    for (const end of ["", "-wal"]) if (existsSync(path + end)) copyFileSync(path + end, copy + end);
    way(copy);
    return findDamage(copy).length === 0;
  } catch {
    return false;
  }
}

/** Where an index says something else than its table. */
function reindex(copy: string): void {
  using database = new Database(copy, { readwrite: true, strict: true });
  database.run("REINDEX");
  removeStrays(database);
  database.run("PRAGMA wal_checkpoint(TRUNCATE)");
}

/** Where an index cannot even be thrown away: each begins as an empty one, and the rows go into a new file with what they fill. */
function refillIndexes(copy: string): void {
  emptyIndexes(copy);
  reindex(copy);
  const another = `${copy}.another`;
  try {
    {
      using database = new Database(copy, { readwrite: true, strict: true });
      database.query("VACUUM INTO ?").run(another);
    }
    removeDatabase(copy);
    renameSync(another, copy);
  } finally {
    removeDatabase(another);
  }
}

interface IndexRoot {
  readonly page: number;
  readonly size: number;
}

/** What they held lies about in the file then, and stays behind with it. */
function emptyIndexes(path: string): void {
  let roots: IndexRoot[];
  {
    using database = new Database(path, { readwrite: true, strict: true });
    database.run("PRAGMA wal_checkpoint(TRUNCATE)");
    roots = database
      .query<IndexRoot, []>(
        "SELECT rootpage AS page, page_size AS size FROM sqlite_master, pragma_page_size WHERE type = 'index'",
      )
      .all();
  }
  const file = openSync(path, "r+");
  try {
    for (const { page, size } of roots) writeSync(file, emptyIndexPage(size), 0, size, (page - 1) * size);
  } finally {
    closeSync(file);
  }
}

/** A leaf of an index without cells, whose content begins at the page's end (https://www.sqlite.org/fileformat2.html#b_tree_pages). */
function emptyIndexPage(size: number): Buffer {
  const page = Buffer.alloc(size);
  page.writeUInt8(0x0a, 0);
  // 65,536 is written as 0.
  page.writeUInt16BE(size % 65_536, 5);
  return page;
}

interface Stray {
  readonly table: string;
  readonly rowid: number | null;
}

function removeStrays(database: Database): void {
  for (const { table, rowid } of database.query<Stray, []>("PRAGMA foreign_key_check").all())
    if (rowid !== null) database.query(`DELETE FROM "${table}" WHERE rowid = ?`).run(rowid);
}
