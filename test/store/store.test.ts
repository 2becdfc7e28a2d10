import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openDatabase } from "../../src/store/database.ts";
import { migrations } from "../../src/store/migrations.ts";
import { openHelpIndex } from "../../src/store/help.ts";
import { openStore } from "../../src/store/index.ts";
import { createWriter } from "../../src/store/writer.ts";
import { usageRow as row } from "../support/usage.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "parley-store-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const kept = { migrations, shrinks: false, synchronous: "FULL" } as const;

describe("the database", () => {
  test("syncs every commit, and keeps its rows over a restart", async () => {
    const store = openStore(folder);
    await store.usage.insert(row);
    await store[Symbol.asyncDispose]();
    await using again = openStore(folder);
    expect(await again.usage.find("run_1")).toEqual(row);
    const database = openDatabase(join(folder, "parley.db"), kept);
    expect(database.query("PRAGMA synchronous").get()).toEqual({ synchronous: 2 });
    expect(database.query("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
    database.close();
  });

  test("is rid at once of what a crash left half-written, unless another server may be writing it", async () => {
    const left = ["uploads/.a.tmp", "uploads/0192.1", "files/.b.tmp", "media/.c.tmp"].map((name) => join(folder, name));
    const leave = () => {
      for (const path of left) {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, "x");
        utimesSync(path, Date.now() / 1000 - 60, Date.now() / 1000 - 60);
      }
    };
    leave();
    await using _ = openStore(folder);
    expect(left.filter((path) => existsSync(path))).toEqual([]);
    leave();
    await openStore(folder)[Symbol.asyncDispose]();
    expect(left.filter((path) => existsSync(path))).toEqual(left);
  });

  test("counts the same run once", async () => {
    await using store = openStore(folder);
    await store.usage.insert(row);
    await store.usage.insert({ ...row, total_tokens: 99 });
    expect((await store.usage.find("run_1"))?.total_tokens).toBe(3);
  });

  test("of a newer version is left alone, with the cure", async () => {
    const path = join(folder, "parley.db");
    openDatabase(path, kept).close();
    const database = new Database(path);
    database.run("PRAGMA user_version = 999");
    database.close();
    expect(() => openDatabase(path, kept)).toThrow("written by a newer Parley");
  });

  test("writes what is still waiting when it is closed", async () => {
    const store = openStore(folder);
    const written = store.usage.insert(row);
    await store[Symbol.asyncDispose]();
    await written;
    await using again = openStore(folder);
    expect(await again.usage.find("run_1")).toBeDefined();
  });

  test("keeps every acknowledged row when the process is killed", async () => {
    const script = `
      import { openStore } from ${JSON.stringify(join(import.meta.dir, "../../src/store/index.ts"))};
      const store = openStore(${JSON.stringify(folder)});
      const row = ${JSON.stringify(row)};
      for (let i = 0; ; i++) { const id = "run_" + i; await store.usage.insert({ ...row, run_id: id }); process.stdout.write(id + "\\n"); }`;
    const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
    let said = "";
    for await (const bytes of child.stdout) {
      said += Buffer.from(bytes).toString();
      if (said.length > 1000) child.kill("SIGKILL");
    }
    const acknowledged = said.split("\n").slice(0, -1);
    expect(acknowledged.length).toBeGreaterThan(10);
    await using store = openStore(folder);
    for (const id of acknowledged) expect(await store.usage.find(id)).toBeDefined();
  });
});

test("media that were kept before there was a search are found by it", async () => {
  const before = openDatabase(join(folder, "parley.db"), { ...kept, migrations: migrations.slice(0, 3) });
  before.run(
    "INSERT INTO media VALUES ('1_flux+cat.png', 'local', 'abc', 'image/png', 5, 1, 1, 'flux', '红色的猫', 7)",
  );
  before.close();
  await using store = openStore(folder);
  const { matches } = await store.media.search("local", { terms: ["色的", "flux"], least: 2, skip: 0, limit: 9 });
  expect(matches).toMatchObject([{ name: "1_flux+cat.png", created_at: 7, prompt: "红色的猫" }]);
  expect(await store.media.listExpired(8, 9)).toMatchObject([{ hash: "abc" }]);
});

test("the writes of one tick share a transaction, and one that fails fails alone", async () => {
  const database = new Database(":memory:");
  database.run("CREATE TABLE t (id INTEGER PRIMARY KEY)");
  const insert = database.query("INSERT INTO t VALUES (?)");
  const { write } = createWriter(database);
  let commits = 0;
  const counted = database.transaction.bind(database);
  database.transaction = ((fn: () => void) => (commits++, counted(fn))) as typeof database.transaction;
  const outcomes = await Promise.allSettled([1, 2, 1, 3].map((id) => write(() => insert.run(id))));
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
  expect(database.query("SELECT id FROM t").values()).toEqual([[1], [2], [3]]);
  // Four savepoints and the one transaction around them.
  expect(commits).toBe(5);
});

test("writes that the loss of power may take do not wait for the disk, alone, and weaken no others", async () => {
  const database = new Database(":memory:");
  const { write, writeLightly } = createWriter(database);
  const level = () => database.query<{ synchronous: number }, []>("PRAGMA synchronous").get()?.synchronous;
  const [normal, full] = [1, 2];
  expect(await writeLightly(level)).toBe(normal);
  expect(level()).toBe(full);
  expect(await Promise.all([writeLightly(level), write(level)])).toEqual([full, full]);
  const refuse = () => {
    throw new Error("refused");
  };
  expect(await writeLightly(refuse).catch(String)).toBe("Error: refused");
  expect(level()).toBe(full);
  database.close();
  expect(await writeLightly(level).catch(() => "closed")).toBe("closed");
});

test("the help takes any text as a word", async () => {
  using help = openHelpIndex([{ title: "Keys", words: "", text: "Set a key for OpenAI" }]);
  for (const word of ['"', "*", "a OR", "NEAR(", "^", "\0", "''", "-", "key\0", "title:", "(", "你好"])
    expect(help.search([word], 3)).toBeArray();
  expect(help.search(["keys", "openai", "zebra", "setting"], 3)[0]).toMatchObject({
    title: "Keys",
    coverage: 0.75,
    isTitled: true,
  });
});

test("a full disk undoes all writes of a tick, and says that it is full", async () => {
  const database = new Database(":memory:", { strict: true });
  database.run("CREATE TABLE t (v TEXT)");
  database.run("PRAGMA max_page_count = 10");
  const writer = createWriter(database);
  const insert = database.query("INSERT INTO t VALUES (?)");
  const writes = ["a", "x".repeat(1_000_000), "b"].map((text) => writer.write(() => insert.run(text)));
  for (const write of await Promise.allSettled(writes))
    expect(write).toMatchObject({ status: "rejected", reason: { code: "SQLITE_FULL" } });
  expect(database.query("SELECT count(*) AS count FROM t").get()).toEqual({ count: 0 });
  await writer.write(() => insert.run("c"));
  expect(database.query("SELECT v FROM t").all()).toEqual([{ v: "c" }]);
});
