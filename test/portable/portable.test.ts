import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importLines } from "../../src/portable/import.ts";
import { openApp } from "../support/app.ts";
import { fromSource, runCommand, startServer } from "../support/command.ts";

const cwd = mkdtempSync(join(tmpdir(), "parley-portable-"));
afterAll(() => rmSync(cwd, { recursive: true }));

const run = (...args: string[]) => runCommand(fromSource, args, { cwd, env: { PARLEY_DISCOVERY: "false" } });
const api = "/backend-api/v2";

const document = `{ "title" : "Straße\\u0000", "updated": 1795000000000, "big": 9007199254740993, "__proto__": {"a": 1}, "a": 1, "a": 2 }`;

async function post(origin: string, path: string, body: string): Promise<void> {
  const answer = await fetch(origin + api + path, { method: "POST", body });
  expect([path, answer.status < 300, await answer.text()]).toEqual([path, true, expect.any(String)]);
}

/** What the API says of it, without what a server makes by itself. */
async function readAll(origin: string): Promise<Record<string, unknown>> {
  const get = async (path: string) => (await fetch(origin + api + path)).text();
  const memories = JSON.parse(await get("/memory/zoë")).results.map(({ id: _, ...memory }: { id: string }) => memory);
  const days = await get("/stats?days=1");
  return { chat: await get("/chats/c1"), memories, share: await get("/chat/s1"), days };
}

test("what a person has is taken from one server to another, unchanged, and may be taken again", async () => {
  let before: Record<string, unknown>;
  {
    await using server = await startServer(fromSource, { cwd });
    const { origin } = server;
    await post(
      origin,
      "/chats",
      `{"chat_id":"c1","title":"Mine","messages":[{"role":"user","content":"a\\r\\nb 红"}]}`,
    );
    await post(origin, "/chats/c1/messages", `{"messages":[{"role":"assistant","content":"ok","__proto__":{"x":1}}]}`);
    await post(origin, "/memory/zoë", `{"memory":"She likes tea\\n","metadata":{"n":1}}`);
    await post(origin, "/memory/zoë", `{"memory":"\\ud800 alone"}`);
    await post(origin, "/chat/s1", document);
    await post(origin, "/usage", `{"run_id":"r1","model":"m","prompt_tokens":3,"cost":0.5,"note":"x"}`);
    before = await readAll(origin);
    expect(await run("export", "all.jsonl")).toEqual({
      code: 0,
      out: "1 chats, 2 memories, 1 shares, 1 usage\n",
      error: "",
    });
  }
  const lines = readFileSync(join(cwd, "all.jsonl"), "utf8").split("\n").slice(0, -1);
  expect(lines.map((line) => JSON.parse(line).type)).toEqual([
    "export",
    "chat",
    "memory",
    "memory",
    "share",
    "usage",
    "end",
  ]);
  const elsewhere = ["--data-dir", join(cwd, "elsewhere")];
  for (let times = 0; times < 2; times++)
    expect(await run("import", "all.jsonl", ...elsewhere)).toEqual({
      code: 0,
      out: "1 chats, 2 memories, 1 shares, 1 usage were read; what was here already stays as it is\n",
      error: "",
    });
  await using server = await startServer(fromSource, { cwd, args: elsewhere });
  expect(await readAll(server.origin)).toEqual(before);
  expect(before.share).toBe(document);
});

test("what is asked for alone is exported, and nothing of anybody else's", async () => {
  const { code, out, error } = await run("export", "-", "--memories");
  expect([code, error]).toEqual([0, "0 chats, 2 memories, 0 shares, 0 usage\n"]);
  expect(out.split("\n").map((line) => /"type":"(\w+)"/.exec(line)?.[1])).toEqual([
    "export",
    "memory",
    "memory",
    "end",
    undefined,
  ]);
  const others = await run("export", "others.jsonl", "--owner", "somebody");
  expect([others.code, others.out, others.error]).toEqual([
    0,
    "0 chats, 0 memories, 0 shares, 0 usage\n",
    "parley: nothing of this is somebody's: parley keys list names the owners, and without keys all is local's\n",
  ]);
  expect(await run("export", join(cwd, "no-such-folder", "x"))).toMatchObject({ code: 2 });
  const tooLong = await run("export", "x".repeat(300));
  expect([tooLong.code, tooLong.error]).toEqual([1, expect.stringMatching(/^parley: ENAMETOOLONG: .*\n$/)]);
  const refused = await run("export", "others.jsonl");
  expect([refused.code, refused.error]).toEqual([2, "parley: others.jsonl is there already: --force writes over it\n"]);
});

test("what cannot be taken is told by its line, and everything else is taken", async () => {
  const [heading = "", ...rest] = readFileSync(join(cwd, "all.jsonl"), "utf8").split("\n");
  const bad = [
    "{",
    `"text"`,
    `{"type":"secret"}`,
    `{"type":"memory","user_id":"../u","memory":"x","metadata":{},"conversation_id":null,"created_at":"2026-11-24T00:00:00Z","updated_at":"never"}`,
    `{"type":"memory","user_id":"u"}`,
    `{"type":"share","share_id":"s9","updated":1,"expires_at":null,"document":"[1]"}`,
    `{"type":"share","share_id":"s9","updated":1,"expires_at":null,"document":"{"}`,
    `{"type":"usage","run_id":"r2"}`,
    "[".repeat(100_000),
  ];
  writeFileSync(join(cwd, "bad.jsonl"), [heading, ...bad, ...rest.slice(0, -2)].join("\n"));
  const { code, out, error } = await run("import", "bad.jsonl", "--data-dir", join(cwd, "third"));
  expect([code, out]).toEqual([1, expect.stringContaining("1 chats, 3 memories, 3 shares, 1 usage were read")]);
  const told = error.split("\n");
  for (let line = 2; line < 2 + bad.length; line++)
    expect(told.some((each) => each.startsWith(`parley: line ${line}: `))).toBe(true);
  expect(told).toContain("parley: the file ends too early: what it holds was taken");
  expect(error).not.toContain("    at ");
});

test("chats of other programs are taken too", async () => {
  const saved = [{ id: "w1", title: "From the web", items: [{ role: "user", content: "Hi" }] }];
  writeFileSync(join(cwd, "web.json"), JSON.stringify(saved));
  const { code, out } = await run("import", "web.json", "--data-dir", join(cwd, "fourth"));
  expect([code, out]).toEqual([0, "1 chats are new, 0 have grown, 0 were here; 1 messages\n"]);
  writeFileSync(join(cwd, "text.txt"), "Dear all");
  const refused = await run("import", "text.txt");
  expect([refused.code, refused.error]).toEqual([1, expect.stringContaining("not JSON")]);
});

test("a shared chat whose time is over in the moment of its import does not come back for ever", async () => {
  await using app = await openApp();
  const { store, shares, chatImporter, config } = app.services;
  const now = Date.parse("2026-11-24T12:00:00Z");
  const toLine = (id: string, ms: number) =>
    JSON.stringify({
      type: "share",
      share_id: id,
      updated: 1,
      expires_at: new Date(now + ms).toISOString(),
      document: "{}",
    });
  const path = join(cwd, "expiring.jsonl");
  writeFileSync(
    path,
    [toLine("before", -1), toLine("now", 0), toLine("after", 86_400_000), `{"type":"end"}`].join("\n"),
  );
  await importLines(path, {
    store,
    shares,
    chatImporter,
    owner: "local",
    kinds: new Set(["shares"]),
    maxMemoryBytes: config.max_memories,
    now,
    signal: new AbortController().signal,
  });
  const statuses = ["before", "now", "after"].map(async (id) => (await fetch(`${app.origin}${api}/chat/${id}`)).status);
  expect(await Promise.all(statuses)).toEqual([404, 404, 200]);
});
