import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../src/store/database.ts";
import { toMatch } from "../../src/store/full-text.ts";
import { openStore } from "../../src/store/index.ts";
import { journalMigrations, type Migration, migrations } from "../../src/store/migrations.ts";
import { findDamage } from "../../src/store/snapshot.ts";
import { columnsOf, fill, readVersion, type Row, rowsOf, tablesOf } from "../support/rows.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-migrations-"));
  path = join(folder, "parley.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (list: readonly Migration[]) =>
  openDatabase(path, { migrations: list, shrinks: false, synchronous: "NORMAL" });

const lists = [
  ["parley.db", migrations],
  ["runs.db", journalMigrations],
] as const;
const steps = lists.flatMap(([name, list]) => list.map((_, index) => [name, index + 1, list] as const));

/** What a migration made something else of, on purpose; columns, or whole tables. */
const remade: ReadonlySet<string> = new Set(["media.id"]);

/** Rows that are there more often before than after; by what they hold, whatever their order. */
function lostRows(before: readonly Row[], after: readonly Row[]): string[] {
  const left = new Map<string, number>();
  const keyOf = (row: Row) => Bun.inspect(row);
  for (const row of after) left.set(keyOf(row), (left.get(keyOf(row)) ?? 0) + 1);
  return before.map(keyOf).filter((key) => {
    const count = left.get(key) ?? 0;
    left.set(key, count - 1);
    return count === 0;
  });
}

describe.each(steps)("a %s of version %i", (_name, version, list) => {
  test("loses no row and no value when the newest opens it, and is whole", () => {
    let before: Map<string, Row[]>;
    {
      using old = open(list.slice(0, version));
      fill(old);
      before = new Map(
        tablesOf(old).map((table) => {
          const columns = columnsOf(old, table).map(({ name }) => name);
          return [table, rowsOf(old, table, columns)];
        }),
      );
    }
    using database = open(list);
    expect(readVersion(database)).toBe(list.length);
    const tables = new Set(tablesOf(database));
    for (const [table, rows] of before) {
      if (remade.has(table)) continue;
      expect([table, tables.has(table)]).toEqual([table, true]);
      if (rows.length === 0) continue;
      const now = new Set(columnsOf(database, table).map(({ name }) => name));
      const kept = Object.keys(rows[0] ?? {}).filter((name) => now.has(name) && !remade.has(`${table}.${name}`));
      const shown = rows.map((row) => Object.fromEntries(kept.map((name) => [name, row[name] ?? null])));
      expect([table, lostRows(shown, rowsOf(database, table, kept))]).toEqual([table, []]);
    }
    database.close();
    expect(findDamage(path)).toEqual([]);
  });
});

describe.each(migrations.map((_, index) => [index + 1]))("what is derived, from version %i on", (version) => {
  test("is right: what files take, and words", () => {
    {
      using old = open(migrations.slice(0, version));
      fill(old);
    }
    using database = open(migrations);
    const totals = database.query<{ name: string; bytes: number }, []>("SELECT name, bytes FROM totals").all();
    expect(totals.length).toBeGreaterThan(2);
    for (const { name, bytes } of totals) {
      const { sum } = database.query<{ sum: number }, []>(`SELECT coalesce(sum(bytes), 0) AS sum FROM ${name}`).get()!;
      expect([name, bytes]).toEqual([name, sum]);
    }
    const found = database
      .query<{ name: string }, [string]>(
        "SELECT media.name FROM media_words JOIN media ON media.id = media_words.rowid WHERE media_words MATCH ?",
      )
      .all(toMatch(["色的"], { of: "any" }));
    expect(found.length).toBe(rowsOf(database, "media", ["name"]).length);
  });

  test("serves whoever asks the store", async () => {
    {
      using old = open(migrations.slice(0, version));
      fill(old);
    }
    await using store = openStore(folder);
    expect(await store.usage.find("run_5")).toMatchObject({ model: "model 5", total_tokens: 15 });
    if (version >= 3) expect(await store.media.find("3_flux+cat.png")).toMatchObject({ owner: "Zoë", bytes: 13 });
    expect(await store.damage()).toEqual([]);
  });
});

test("a migration that is cut off leaves the version before it, and is done at the next start", () => {
  for (const [_, list] of lists) {
    for (const version of list.keys()) {
      rmSync(path, { force: true });
      {
        using old = open(list.slice(0, version));
        fill(old);
      }
      const failing: Migration = (database) => {
        const migration = list[version];
        if (typeof migration === "string") database.run(migration);
        else migration?.(database);
        throw new Error("the machine stopped");
      };
      const schemaOf = () => {
        using database = new Database(path, { readonly: true });
        return [readVersion(database), database.query("SELECT name, sql FROM sqlite_master ORDER BY name").all()];
      };
      const before = schemaOf();
      expect(() => open([...list.slice(0, version), failing])).toThrow("the machine stopped");
      expect(schemaOf()).toEqual(before);
      open(list).close();
      expect(schemaOf()[0]).toBe(list.length);
    }
  }
});

test("a database of a newer version is refused, and left as it is", () => {
  for (const [_, list] of lists) {
    rmSync(path, { force: true });
    open([...list, "CREATE TABLE newer (a TEXT) STRICT"]).close();
    expect(() => open(list)).toThrow(
      `it was written by a newer Parley (database version ${list.length + 1}, this program knows ${list.length}): use that version`,
    );
    using database = new Database(path, { readonly: true });
    expect(readVersion(database)).toBe(list.length + 1);
  }
});

/**
 * What was released never changes: databases out there have seen it as it was. Whoever releases a version adds its
 * entries' here, and changes none.
 */
const released = {
  "parley.db": [
    "182cca6a8839b881",
    "8e85d4269193cb3e",
    "4eaca07af55eb8fc",
    "291803c58d2f6549",
    "abcf89f8467f3a42",
    "4f85eaeef1e6f2a8",
    "50c70224f4a90f5c",
    "7ca8a4d174cb5b03",
  ],
  "runs.db": ["a2235abf8b61b14c", "964cf1af3aedab11"],
} as const satisfies Record<string, readonly string[]>;

test("no released migration has changed", () => {
  for (const [name, list] of lists) {
    const fingerprints = list.map((migration) =>
      // Layout is nothing that a database has seen.
      Bun.SHA256.hash(String(migration).replaceAll(/\s+/g, " "), "hex").slice(0, 16),
    );
    expect([name, fingerprints.slice(0, released[name].length)]).toEqual([name, [...released[name]]]);
  }
});
