import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { eachOf, type House, methodOf, openHouse, people, ruleOf } from "./house.ts";

let house: House;
beforeAll(async () => void (house = await openHouse()));
afterAll(() => house[Symbol.asyncDispose]());

/** When something was last used is noted by reading it: so that what nobody uses can go first. */
const notes: Readonly<Record<string, readonly string[]>> = { sessions: ["used_at"], media: ["used_at"] };
/** Addresses of the web, kept for some time; made anew whenever they are wanted. */
const kept = /^cache\.db/;

/** The journal puts in order what came to its end, by the clock. */
const putInOrder = new Set(["runs.db: run_tails", "runs.db: run_pages"]);

/** All that is kept: each row of each table, and each file by its size. */
function dump(): Map<string, string> {
  const folder = house.app.services.config.data_dir;
  const found = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || kept.test(entry.name)) continue;
    if (entry.name.endsWith(".db"))
      for (const [table, rows] of rowsOf(path)) found.set(`${entry.name}: ${table}`, rows);
    else if (!/-(wal|shm)$/.test(entry.name)) found.set(path.slice(folder.length), String(statSync(path).size));
  }
  return found;
}

function* rowsOf(path: string): Generator<[string, string]> {
  using database = new Database(path, { readonly: true });
  const tables = database.query<{ name: string }, []>("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  for (const { name } of tables) {
    const rows = database.query<Record<string, unknown>, []>(`SELECT * FROM "${name}"`).all();
    for (const row of rows) for (const note of notes[name] ?? []) delete row[note];
    yield [
      name,
      Bun.hash(
        JSON.stringify(rows, (_, value) => (value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value)),
      ).toString(),
    ];
  }
}

/** What is done beside the answers that made the things is over once nothing changes any more. */
async function settled(): Promise<Map<string, string>> {
  for (let before = dump(); ;) {
    await Bun.sleep(50);
    const now = dump();
    if (changesBetween(before, now).length === 0) return now;
    before = now;
  }
}

function changesBetween(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): string[] {
  const names = [...new Set([...before.keys(), ...now.keys()])].filter((name) => !putInOrder.has(name));
  return names.filter((name) => before.get(name) !== now.get(name));
}

/** Whether anybody has written to a database since it was asked last: SQLite's own count. */
function openWatch(): () => boolean {
  const folder = house.app.services.config.data_dir;
  const files = readdirSync(folder).filter((name) => name.endsWith(".db") && !kept.test(name));
  const counts = files.map((name) => new Database(join(folder, name), { readonly: true }).query("PRAGMA data_version"));
  const read = () => JSON.stringify(counts.map((count) => count.get()));
  let last = read();
  return () => last !== (last = read());
}

const queries = ["", "?delete_files=true&refine_chunks_with_spacy=true", "?refresh=true&details=true"];

async function askInEachWay(route: string): Promise<void> {
  const ways = [
    ...queries.map((query) => ({ method: methodOf(route), query })),
    { method: "HEAD" },
    { method: "OPTIONS" },
  ];
  const asked = people.flatMap((person) =>
    [house.owned.things, house.owned.missing].flatMap((things) => ways.map((way) => ({ things, way, person }))),
  );
  await eachOf(asked, async ({ things, way, person }) => {
    const answer = await house.ask(route, things, { ...way, headers: house.keys[person].headers });
    await answer.text();
  });
}

test("no GET changes anything that is kept, whoever asks", async () => {
  const asked = house.routes.filter((route) => /^(GET|ALL) /.test(route) && !ruleOf(route).changes);
  expect(asked.length).toBeGreaterThan(50);
  const wrong: string[] = [];
  const start = await settled();
  const hasWritten = openWatch();
  let before = start;
  for (const route of asked) {
    await askInEachWay(route);
    if (!hasWritten()) continue;
    const now = dump();
    const changed = changesBetween(before, now);
    if (changed.length > 0) wrong.push(`${route}: ${changed.join(", ")}`);
    before = now;
  }
  expect(wrong).toEqual([]);
  // Files, and what was written a moment later.
  expect(changesBetween(start, await settled())).toEqual([]);
});

test("a change would be seen", async () => {
  const start = await settled();
  const hasWritten = openWatch();
  await (
    await house.ask("POST /backend-api/v2/chats", house.owned.things, { headers: house.keys.bob.headers, body: "{}" })
  ).text();
  expect(hasWritten()).toBe(true);
  expect(changesBetween(start, dump())).toContain("parley.db: chats");
});
