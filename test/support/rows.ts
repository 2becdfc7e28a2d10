import type { Database } from "bun:sqlite";
import { toIndexed } from "../../src/store/full-text.ts";

export type Row = Readonly<Record<string, string | number | bigint | Uint8Array | null>>;

interface Column {
  readonly name: string;
  readonly type: string;
  readonly pk: number;
  readonly notnull: number;
}

const quoted = (name: string) => `"${name}"`;

export function tablesOf(database: Database): string[] {
  const tables = database.query<{ name: string }, []>(
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
  );
  return tables.all().map(({ name }) => name);
}

export function columnsOf(database: Database, table: string): Column[] {
  return database.query<Column, [string]>('SELECT name, type, pk, "notnull" FROM pragma_table_info(?)').all(table);
}

export function rowsOf(database: Database, table: string, columns: readonly string[]): Row[] {
  return database.query<Row, []>(`SELECT ${columns.map(quoted).join(", ")} FROM ${quoted(table)}`).all();
}

function insert(database: Database, table: string, row: Row, or = ""): void {
  const names = Object.keys(row);
  database
    .query(
      `INSERT ${or} INTO ${quoted(table)} (${names.map(quoted).join(", ")}) VALUES (${names.map(() => "?").join(", ")})`,
    )
    .run(...Object.values(row));
}

/** How many rows each table is given: of two owners, so that what is counted by owner is. */
const count = 6;
const ownerOf = (n: number) => (n % 2 === 0 ? "local" : "Zoë");

/** What the program of each version wrote, where values mean more than their types say. By table. */
const written: Readonly<Record<string, (database: Database, n: number) => Row>> = {
  usage: (database, n) => ({
    run_id: `run_${n}`,
    owner: ownerOf(n),
    created_at: n,
    day: `2026-11-2${n % 3}`,
    provider: n === 0 ? null : "OpenAI",
    model: `model ${n}`,
    prompt_tokens: n,
    completion_tokens: 2 * n,
    total_tokens: 3 * n,
    details: n === 1 ? `{"prompt_tokens_details":{"cached_tokens":1}}` : "{}",
    outcome: n === 2 ? "error" : "stop",
    duration_ms: 5,
    ...only(database, "usage", { cost: n / 4, source: "run", saved_tokens: 0 }),
  }),
  media: (database, n) => {
    const row = {
      name: `${n}_flux+cat.png`,
      owner: ownerOf(n),
      hash: String(n).repeat(64),
      type: "image/png",
      bytes: 10 + n,
      model: "flux",
      prompt: `红色的猫 number${n}`,
      created_at: n,
    };
    if (!tablesOf(database).includes("media_owners")) return row;
    database.query("INSERT OR IGNORE INTO media_owners (owner) VALUES (?)").run(row.owner);
    const { number } = database
      .query<{ number: number }, [string]>("SELECT number FROM media_owners WHERE owner = ?")
      .get(row.owner)!;
    const id = number * 2 ** 32 + n + 1;
    // The program that made the table had indexed nothing yet.
    if (readVersion(database) > 4)
      database
        .query("INSERT INTO media_words (rowid, prompt, model, name, type) VALUES (?, ?, ?, ?, ?)")
        .run(id, ...[row.prompt, row.model, row.name, row.type].map(toIndexed));
    return { ...row, id, used_at: n };
  },
  bucket_files: (database, n) => {
    const bytes = 100 + n;
    // From this version on whoever adds a file counts it.
    if (readVersion(database) >= 8)
      database.query("UPDATE totals SET bytes = bytes + ? WHERE name = 'bucket_files'").run(bytes);
    const blob = `0192e6a0-0000-7000-8000-00000000000${n}`;
    const bucket = 1 + (n % count);
    return { bucket, name: `${n}.txt`, kind: "document", type: "text/plain", bytes, blob, created_at: n };
  },
};

/** What triggers, or the rows of other tables, fill. */
const derived = new Set(["totals", "media_owners", "usage_totals", "share_owners"]);

export function readVersion(database: Database): number {
  return database.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
}

/** Fills every table, whatever migration made it: by hand where that matters, else by the types of its columns. */
export function fill(database: Database): void {
  const tables = tablesOf(database).filter((table) => !derived.has(table));
  // Those that others refer to first; a table that refers to itself is not held up by that.
  const filled = new Set<string>();
  while (filled.size < tables.length) {
    const next = tables.find(
      (table) =>
        !filled.has(table) && parentsOf(database, table).every((parent) => filled.has(parent) || parent === table),
    );
    if (next === undefined) throw new Error("tables refer to each other in a circle");
    const write = written[next];
    for (let n = 0; n < count; n++) {
      if (write) insert(database, next, write(database, n));
      // What is invented may be there already: an owner, where each has a row.
      else insert(database, next, invented(database, next, n), "OR IGNORE");
    }
    if (database.query(`SELECT 1 FROM ${quoted(next)}`).get() === null)
      throw new Error(`no row that is made up fits ${next}: write some in this file`);
    filled.add(next);
  }
}

function parentsOf(database: Database, table: string): string[] {
  const keys = database.query<{ table: string }, [string]>('SELECT "table" FROM pragma_foreign_key_list(?)');
  return keys.all(table).map(({ table: parent }) => parent);
}

function invented(database: Database, table: string, n: number): Row {
  const parents = database
    .query<{ from: string; table: string; to: string | null }, [string]>(
      'SELECT "from", "table", "to" FROM pragma_foreign_key_list(?)',
    )
    .all(table);
  return Object.fromEntries(
    columnsOf(database, table).map(({ name, type, notnull }) => {
      const parent = parents.find(({ from }) => from === name);
      if (parent) return [name, keyOf(database, parent.table, parent.to, n)];
      if (name === "owner") return [name, ownerOf(n)];
      if (name === "day") return [name, `2026-11-2${n}`];
      if (notnull === 0 && n === 0 && type !== "INTEGER") return [name, null];
      return [name, valueOf(type, name, n)];
    }),
  );
}

/** A text is JSON as well, as many columns want it. */
function valueOf(type: string, name: string, n: number): Row[string] {
  if (type === "INTEGER") return n + 1;
  if (type === "REAL") return n / 4;
  if (type === "BLOB") return new TextEncoder().encode(`${name} ${n}`);
  return `{"${name}":"Straße 红色 ${n}"}`;
}

function keyOf(database: Database, table: string, column: string | null, n: number): Row[string] {
  const key = column ?? columnsOf(database, table).find(({ pk }) => pk === 1)?.name ?? "rowid";
  const keys = rowsOf(database, table, [key]);
  return keys[n % keys.length]?.[key] ?? null;
}

/** Those of the values for which there is a column. */
function only(database: Database, table: string, row: Row): Row {
  const names = new Set(columnsOf(database, table).map(({ name }) => name));
  return Object.fromEntries(Object.entries(row).filter(([name]) => names.has(name)));
}
