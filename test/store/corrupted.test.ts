import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openApp, type TestApp } from "../support/app.ts";
import { fromSource, runCommand } from "../support/command.ts";

/** What each test has a copy of, to spoil. */
const whole = mkdtempSync(join(tmpdir(), "parley-whole-"));
beforeAll(populate);
afterAll(() => rmSync(whole, { recursive: true }));

let cwd: string;
let data: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "parley-corrupted-"));
  data = join(cwd, "data");
  cpSync(whole, data, { recursive: true });
});
afterEach(() => rmSync(cwd, { recursive: true }));

const api = "/backend-api/v2";
const garbage = "Dear all, ".repeat(2000);
const open = () => openApp({ flags: { data_dir: data } });
const doctor = (...args: string[]) =>
  runCommand(fromSource, ["doctor", "--data-dir", data, ...args], { cwd, env: { PARLEY_DISCOVERY: "false" } });
const post = (app: TestApp, path: string, body: unknown) =>
  app.get(api + path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
const readJson = async (app: TestApp, path: string) => {
  const answer = await app.get(api + path);
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.json();
};

async function populate(): Promise<void> {
  await using app = await openApp({ flags: { data_dir: whole } });
  for (const n of [1, 2, 3]) {
    await post(app, "/log", { id: `entry ${n}`, n });
    await post(app, `/memory/user`, { memory: `fact ${n}` });
    await post(app, "/usage", { run_id: `run ${n}`, model: "m", total_tokens: n });
    await post(app, `/chat/share${n}`, { id: `share${n}`, title: `share ${n}`, updated: 1 });
    await post(app, "/chats", { chat_id: `chat${n}`, title: `chat ${n}` });
    await post(app, `/chats/chat${n}/messages`, { messages: [{ role: "user", content: `said ${n}` }] });
    const form = new FormData();
    form.append("files", new File([`text ${n}`], `file-${n}.txt`));
    await app.get(`${api}/files/bucket${n}`, { method: "POST", body: form });
  }
}

/** Writes over the pages of a table, or of an index. */
function overwrite(name: string, database = "parley.db"): void {
  const path = join(data, database);
  using opened = new Database(path);
  opened.run("PRAGMA wal_checkpoint(TRUNCATE)");
  const { rootpage } = opened
    .query<{ rootpage: number }, [string]>("SELECT rootpage FROM sqlite_master WHERE name = ?")
    .get(name)!;
  opened.close();
  const bytes = Buffer.from(readFileSync(path));
  bytes.fill(0x5a, (rootpage - 1) * 4096, rootpage * 4096);
  writeFileSync(path, bytes);
}

describe("a damaged file", () => {
  test.each([
    ["from its beginning", () => writeFileSync(join(data, "runs.db"), garbage)],
    ["within", () => overwrite("runs", "runs.db")],
  ])("of the last hour's answers, %s, is set aside, which is said, and another is begun", async (_, damage) => {
    damage();
    await using app = await open();
    expect(app.logged.join("\n")).toContain("runs.db was damaged, and is begun anew");
    const aside = readdirSync(data).find((name) => name.startsWith("runs.db.damaged-")) ?? "";
    expect(statSync(join(data, aside)).size).toBeGreaterThan(4096);
    expect((await readJson(app, "/chats")).chats).toHaveLength(3);
  });

  test("of the database is an answer that names the cure where it is read, and nothing to all else", async () => {
    overwrite("client_log");
    await using app = await open();
    const answer = await app.get(`${api}/log`);
    expect([answer.status, (await answer.json()).error]).toEqual([
      500,
      { code: "storage_damaged", message: expect.stringContaining("parley doctor --deep") },
    ]);
    expect(app.logged.join("\n")).toContain("malformed");
    expect((await readJson(app, "/chats")).chats).toHaveLength(3);
    expect((await post(app, "/memory/user", { memory: "one more" })).status).toBeLessThan(300);
  });

  test("of the database, where each start reads it, is a message with the cure instead of a start", async () => {
    overwrite("reservations");
    const { code, error } = await runCommand(fromSource, ["serve", "--port", "0", "--data-dir", data], { cwd });
    expect([code, error]).toEqual([
      1,
      expect.stringMatching(/^parley: what is kept there is damaged.*`parley doctor --deep`/m),
    ]);
  });

  test("of what was written last is read as far as it is whole", async () => {
    const wal = join(data, "parley.db-wal");
    {
      // Killed: what is in the log of the database is not in the database yet.
      await using app = await open();
      await post(app, "/log", { id: "entry 4" });
      const left = readFileSync(wal);
      mkdirSync(join(cwd, "left"));
      writeFileSync(join(cwd, "left/wal"), left);
      writeFileSync(join(cwd, "left/db"), readFileSync(join(data, "parley.db")));
    }
    const left = readFileSync(join(cwd, "left/wal"));
    // Of the last frame, which a disk that lost power has not written whole.
    left[left.length - 100]! ^= 0xff;
    writeFileSync(join(data, "parley.db"), readFileSync(join(cwd, "left/db")));
    writeFileSync(wal, left);
    await using app = await open();
    const { entries } = await readJson(app, "/log");
    expect(entries.map(({ id }: { id: string }) => id)).toEqual(
      expect.arrayContaining(["entry 1", "entry 2", "entry 3"]),
    );
  });

  test("that is a server's mark is nobody's server", async () => {
    writeFileSync(join(data, "servers/4711.lock"), garbage);
    await using app = await open();
    expect(app.services.store.presence.living()).toEqual(new Set([app.services.store.presence.id]));
    expect(existsSync(join(data, "servers/4711.lock"))).toBe(false);
  });

  test("of a bucket or a share is gone for whoever asks for it, and the doctor finds it", async () => {
    const [file = ""] = readdirSync(join(data, "files"));
    truncateSync(join(data, "files", file), 2);
    const [share = "", pipe = ""] = readdirSync(join(data, "shares"));
    // Nobody writes to it: whoever reads it waits for ever.
    rmSync(join(data, "shares", pipe));
    Bun.spawnSync(["mkfifo", join(data, "shares", pipe)]);
    writeFileSync(join(data, "shares", share), readFileSync(join(data, "shares", share)).toReversed());
    {
      await using app = await open();
      const buckets = await Promise.all([1, 2, 3].map(async (n) => (await app.get(`${api}/files/bucket${n}`)).text()));
      expect(buckets.filter((text) => /text \d/.test(text))).toHaveLength(2);
      expect((await readJson(app, "/files")).buckets).toHaveLength(3);
    }
    const { code, out } = await doctor("--deep");
    expect([code, out]).toEqual([
      1,
      expect.stringMatching(/^fail +files +3 of 6 are damaged: files\/\S+: it has 2 bytes of \d+$/m),
    ]);
  });

  test("is mended where that loses nothing, and otherwise the cure is said", async () => {
    {
      await using app = await open();
      expect(await doctor("--repair")).toMatchObject({
        code: 2,
        error: expect.stringContaining("is served by 1 server"),
      });
      expect(app.services.store.disk.failure).toBeUndefined();
    }
    overwrite("client_log_by_time");
    writeFileSync(join(data, "cache.db"), garbage);
    writeFileSync(join(data, "runs.db"), garbage);
    const repaired = await doctor("--repair", "--deep");
    expect(repaired.code).toBe(0);
    for (const said of [
      /^ok +repair cache\.db +removed/m,
      /^ok +repair runs\.db +set aside as/m,
      /^ok +repair parley\.db +mended/m,
      /^ok +database +whole$/m,
    ])
      expect(repaired.out).toMatch(said);
    overwrite("client_log");
    const beyond = await doctor("--repair");
    expect([beyond.code, beyond.out]).toEqual([
      1,
      expect.stringMatching(/^fail +repair parley\.db +it could not be mended[^→]+→ parley restore <file> --force/m),
    ]);
    {
      await using app = await open();
      expect((await readJson(app, "/chats")).chats).toHaveLength(3);
    }
  });
});

/** What a bad disk, or another hand, may have made of one row; and where the others must still be read. */
const spoilt: readonly { readonly sql: string; readonly path: string; readonly holds: readonly string[] }[] = [
  { sql: "UPDATE client_log SET entry = '{\"id\":' WHERE id = 2", path: "/log", holds: ["entry 1", "entry 3"] },
  {
    sql: "UPDATE memories SET text = '\"fact', metadata = '[' WHERE id = 2",
    path: "/memory/user",
    holds: ["fact 1", "fact 3"],
  },
  {
    sql: "UPDATE usage SET details = '{{', provider = NULL WHERE id = 2",
    path: `/usage/${new Date().toISOString().slice(0, 10)}`,
    holds: ["run 1", "run 3"],
  },
  { sql: "UPDATE chats SET metadata = 'x', title = NULL WHERE id = 2", path: "/chats", holds: ["chat 1", "chat 3"] },
  { sql: "UPDATE chat_messages SET content = '[{', extra = '', usage = '}'", path: "/chats/chat1", holds: ["chat 1"] },
  { sql: "UPDATE shares SET title = x'ff', hash = '' WHERE id = 2", path: "/chat", holds: ["share 1", "share 3"] },
  {
    sql: "UPDATE bucket_files SET kind = 'x', type = '', created_at = -1 WHERE id = 2",
    path: "/files",
    holds: ["bucket1", "bucket3"],
  },
];

test("one bad record never breaks a list", async () => {
  {
    using database = new Database(join(data, "parley.db"));
    for (const { sql } of spoilt) {
      try {
        database.run(sql);
      } catch (thrown) {
        // Its table is strict: it cannot come to that.
        expect(String(thrown)).toContain("cannot store");
      }
    }
  }
  await using app = await open();
  for (const { path, holds } of spoilt) {
    const answer = await app.get(api + path);
    const text = await answer.text();
    expect([path, answer.status, text]).toEqual([path, 200, text]);
    for (const each of holds) expect([path, text]).toEqual([path, expect.stringContaining(each)]);
  }
});
