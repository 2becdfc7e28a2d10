import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conversationPath, openApp, type TestApp } from "../support/app.ts";
import { fromSource, startServer } from "../support/command.ts";
import { readRun, textOfRun } from "../support/events.ts";
import { makeKey } from "../support/keys.ts";
import { openRouted, user } from "../support/routed.ts";
import { chunked, openaiText, toChunk } from "../support/scripted-upstream.ts";

const logPath = "/backend-api/v2/log";
const filesPath = "/backend-api/v2/files/b";

const keyed = (key: string, body: string | FormData, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  body,
  headers: { "idempotency-key": key, ...headers },
});
const post = (app: TestApp, key: string, body: object) => app.get(logPath, keyed(key, JSON.stringify(body)));
const entries = async (origin: string): Promise<Record<string, unknown>[]> =>
  (await (await fetch(`${origin}${logPath}?limit=1000`)).json()).entries;
const isReplayed = ({ headers }: Response) => headers.get("idempotency-replayed") === "true";
const codeOf = async (response: Response) => (await response.json()).error.code;

describe("a POST with an Idempotency-Key", () => {
  test("is done once, however often it comes, and answered the same", async () => {
    await using app = await openApp();
    const first = await post(app, "k", { a: 1 });
    expect([first.status, isReplayed(first), await first.json()]).toEqual([200, false, {}]);
    for (let round = 0; round < 20; round++) {
      const again = await Promise.all(Array.from({ length: 50 }, () => post(app, "k", { a: 1 })));
      for (const each of again) {
        expect([each.status, isReplayed(each), each.headers.get("content-type")]).toEqual([
          200,
          true,
          first.headers.get("content-type"),
        ]);
        expect(await each.json()).toEqual({});
      }
      expect(new Set(again.map(({ headers }) => headers.get("x-request-id"))).size).toBe(50);
    }
    expect(await entries(app.origin)).toHaveLength(1);
  });

  test("is done once when many come at once: the others are told to come back", async () => {
    await using app = await openApp();
    const answers = await Promise.all(Array.from({ length: 100 }, () => post(app, "k", { a: 1 })));
    for (const each of answers.filter(({ status }) => status !== 200))
      expect([each.status, await codeOf(each), each.headers.get("retry-after")]).toEqual([409, "still_running", "1"]);
    expect(answers.filter((each) => each.ok && !isReplayed(each))).toHaveLength(1);
    expect(await entries(app.origin)).toHaveLength(1);
  });

  test("stands for one body, one address with its query, one method and 24 hours", async () => {
    let now = Date.parse("2026-06-01T12:00:00Z");
    await using app = await openApp({ clock: () => now });
    await post(app, "k", { a: 1 });
    for (const other of [app.get(logPath, keyed("k", '{"a":2}')), app.get(`${logPath}?a=1`, keyed("k", '{"a":1}'))])
      expect([(await other).status, await codeOf(await other)]).toEqual([422, "idempotency_key_reused"]);
    expect(isReplayed(await app.get(`${logPath}/`, keyed("k", '{"a":1}')))).toBe(true);
    expect((await app.get(logPath, { headers: { "idempotency-key": "k" } })).status).toBe(200);
    const elsewhere = await app.get("/backend-api/v2/files/c", keyed("k", '{"a":1}'));
    expect([elsewhere.status, isReplayed(elsewhere)]).toEqual([400, false]);
    // The other spelling of the header is the same.
    expect(
      isReplayed(await app.get(logPath, { method: "POST", body: '{"a":1}', headers: { idempotency_key: "k" } })),
    ).toBe(true);
    now += 24 * 60 * 60_000;
    expect(isReplayed(await post(app, "k", { a: 2 }))).toBe(false);
    expect(await entries(app.origin)).toHaveLength(2);
    now += 24 * 60 * 60_000 + 1;
    await app.services.expiry.sweep();
    const database = new Database(join(app.services.config.data_dir, "parley.db"), { readonly: true });
    expect(database.query("SELECT count(*) AS n FROM claims").get()).toEqual({ n: 0 });
    database.close();
  });

  test("is refused with a key that is none", async () => {
    await using app = await openApp();
    for (const key of ["a b", "k".repeat(256), "\u00e9", "a, b"])
      expect([key, (await post(app, key, {})).status]).toEqual([key, 400]);
    expect((await post(app, "", {})).status).toBe(400);
    expect((await post(app, "k".repeat(255), {})).status).toBe(200);
    expect((await post(app, '"8e03978e-40d5-43dd-bc93-6894a57f9324"', {})).status).toBe(200);
    expect(await entries(app.origin)).toHaveLength(2);
  });

  test("that failed may come again, and is done then", async () => {
    await using app = await openApp();
    const bad = await app.get(logPath, keyed("k", "{"));
    expect([bad.status, await codeOf(bad)]).toEqual([400, "invalid_json"]);
    expect((await app.get(filesPath, keyed("f", new FormData()))).status).toBe(400);
    expect((await post(app, "k", { a: 1 })).status).toBe(200);
    const form = new FormData();
    form.append("files", new File(["hello"], "a.txt"));
    const done = await app.get(filesPath, keyed("f", form));
    expect([done.status, isReplayed(done)]).toEqual([200, false]);
    const missing = await app.get("/nowhere", keyed("k", "{}"));
    expect([missing.status, await codeOf(missing)]).toEqual([404, "not_found"]);
  });

  test("may be a form, whose boundary is another each time, and whose content may not be", async () => {
    await using app = await openApp();
    const form = (content: string, name = "a.txt") => {
      const made = new FormData();
      made.append("files", new File([content], name, { type: "text/plain" }));
      made.append("note", "n");
      return made;
    };
    const big = "0123456789abcdef".repeat(100_000);
    const first = await app.get(filesPath, keyed("k", form(big)));
    const body = await first.json();
    expect(body).toMatchObject({ files: ["a.txt"] });
    const again = await app.get(filesPath, keyed("k", form(big)));
    expect([again.status, isReplayed(again), await again.json()]).toEqual([200, true, body]);
    for (const other of [form(`${big}x`), form(big, "b.txt")]) {
      const refused = await app.get(filesPath, keyed("k", other));
      expect([refused.status, await codeOf(refused)]).toEqual([422, "idempotency_key_reused"]);
    }
    expect((await (await app.get(filesPath)).text()).match(/<!-- File: /g)).toHaveLength(1);
  });

  test("may bring a body that its route does not read", async () => {
    await using routed = await openRouted([() => openaiText("Hello")]);
    const { app } = routed;
    const run = await app.post({ messages: user, model: "m", resumable: true });
    await run.text();
    const cancelPath = `/backend-api/v2/runs/${run.headers.get("x-run-id")}/cancel`;
    const first = await app.get(cancelPath, keyed("k", "{}"));
    const again = await app.get(cancelPath, keyed("k", "{}"));
    expect([first.status, again.status, isReplayed(again), await again.json()]).toEqual([
      200,
      200,
      true,
      await first.json(),
    ]);
  });

  test("leaves no answer readable on disk: it may hold a key that is told once", async () => {
    await using app = await openApp();
    const form = new FormData();
    form.append("files", new File(["x"], "a.txt"));
    await app.get(filesPath, keyed("k", form));
    const database = new Database(join(app.services.config.data_dir, "parley.db"), { readonly: true });
    const row = database.query<{ sealed: Uint8Array }, []>("SELECT sealed FROM claims").get();
    database.close();
    expect(row?.sealed.byteLength).toBeGreaterThan(50);
    expect(Buffer.from(row?.sealed ?? []).includes("bucket")).toBe(false);
  });

  test("needs the access key as any other", async () => {
    await using app = await openApp({ environment: { PARLEY_ACCESS_KEY: "a-key-of-sixteen-characters" } });
    const headers = { authorization: "Bearer a-key-of-sixteen-characters" };
    await app.get(logPath, keyed("k", "{}", headers));
    expect((await app.get(logPath, keyed("k", "{}"))).status).toBe(401);
    expect(isReplayed(await app.get(logPath, keyed("k", "{}", headers)))).toBe(true);
  });

  test("gives an admin's answer to no other role of the same owner, and nobody's to another owner", async () => {
    await using app = await openApp();
    const form = () => {
      const made = new FormData();
      made.append("file", new File(['[{"domain":"a.example","name":"n","value":"v"}]'], "a.json"));
      return made;
    };
    const send = async (headers: Record<string, string>) =>
      (await app.get("/backend-api/v2/upload_cookies", keyed("k", form(), headers))).status;
    const admin = await makeKey(app, "ann", { role: "admin" });
    expect([await send(admin.headers), await send((await makeKey(app, "ann")).headers)]).toEqual([200, 403]);
    const log = async (owner: string) =>
      isReplayed(await app.get(logPath, keyed("k", "{}", { ...(await makeKey(app, owner)).headers })));
    expect([await log("ann"), await log("bob"), await log("ann")]).toEqual([false, false, true]);
  });

  test("may be sent by who has no access key but a chat's write key, whose it is then", async () => {
    await using app = await openApp({ environment: { PARLEY_ACCESS_KEY: "a-key-of-sixteen-characters" } });
    const path = "/backend-api/v2/chat/s";
    const bearer = { authorization: "Bearer a-key-of-sixteen-characters" };
    const made = await app.get(path, { method: "POST", body: '{"updated":1}', headers: bearer });
    const writer = { "x-write-key": (await made.json()).write_key };
    const first = await app.get(path, keyed("k", '{"updated":2}', writer));
    const body = await first.json();
    expect([first.status, isReplayed(first), body]).toEqual([200, false, { share_id: "s", updated: 2 }]);
    const again = await app.get(path, keyed("k", '{"updated":2}', writer));
    expect([again.status, isReplayed(again), await again.json()]).toEqual([200, true, body]);
    const owners = await app.get(path, keyed("k", '{"updated":3}', bearer));
    expect([owners.status, isReplayed(owners)]).toEqual([200, false]);
    expect((await app.get(path, keyed("k", "{}", { "x-write-key": "wrong" }))).status).toBe(401);
    // What is open to everybody claims nothing for them.
    expect((await app.get("/healthz", keyed("k", "{}", { "x-write-key": "wrong" }))).status).toBe(405);
    const database = new Database(join(app.services.config.data_dir, "parley.db"), { readonly: true });
    const owned = database.query("SELECT owner FROM claims").values().flat();
    database.close();
    expect(owned).toEqual([expect.stringMatching(/^\/[0-9a-f]{64}$/), "local"]);
  });
});

describe("a conversation with an Idempotency-Key", () => {
  const ask = (app: TestApp, key: string, body: object = {}) =>
    app.get(conversationPath, keyed(key, JSON.stringify({ messages: user, model: "m", ...body })));

  test("is one answer, which is read again from its beginning", async () => {
    await using routed = await openRouted([() => openaiText("Hel", "lo")]);
    const { app, upstreams } = routed;
    const first = await ask(app, "k");
    const runId = first.headers.get("x-run-id") ?? "";
    const text = await first.text();
    expect([isReplayed(first), textOfRun(readRun(text, runId))]).toEqual([false, "Hello"]);
    for (let count = 0; count < 3; count++) {
      const again = await ask(app, "k");
      expect([isReplayed(again), again.headers.get("x-run-id"), await again.text()]).toEqual([true, runId, text]);
    }
    const other = await ask(app, "k", { temperature: 1 });
    expect([other.status, await codeOf(other)]).toEqual([422, "idempotency_key_reused"]);
    expect(upstreams[0]?.requests).toHaveLength(1);
  });

  test("is joined while it goes on, by whoever lost the connection", async () => {
    const delta = (content: string) =>
      toChunk(`data: {"model":"m","choices":[{"delta":{"content":"${content}"}}]}\n\n`);
    await using routed = await openRouted([
      () => [...chunked([]), delta("Hel"), { waitMs: 300 }, delta("lo"), toChunk("data: [DONE]\n\n"), "0\r\n\r\n"],
    ]);
    const { app, upstreams } = routed;
    const first = await ask(app, "k");
    await first.body?.cancel();
    const again = await ask(app, "k");
    const runId = first.headers.get("x-run-id") ?? "";
    expect(textOfRun(readRun(await again.text(), runId))).toBe("Hello");
    expect(upstreams[0]?.requests).toHaveLength(1);
  });

  test("that was refused before it began is asked anew, and one that is kept no more is gone", async () => {
    let now = Date.parse("2026-06-01T12:00:00Z");
    await using routed = await openRouted([() => openaiText("Hello")], { clock: () => now });
    const { app } = routed;
    expect((await ask(app, "k", { provider: "Nobody" })).status).toBe(404);
    const first = await ask(app, "k");
    expect([first.status, isReplayed(first)]).toEqual([200, false]);
    await first.text();
    now += 3_600_001;
    await app.services.retention.sweep();
    const gone = await ask(app, "k");
    expect([gone.status, await codeOf(gone)]).toEqual([410, "answer_expired"]);
  });
});

test("a conversation that failed after something was set aside for it is asked once more, under the same key", async () => {
  await using routed = await openRouted([() => openaiText("Hello")]);
  const { app, upstreams } = routed;
  const { headers } = await makeKey(app, "ann", { tokens_per_day: 100_000 });
  let isFull = true;
  Object.defineProperty(app.services.retention, "isFull", { get: () => isFull });
  const ask = () => app.get(conversationPath, keyed("k", JSON.stringify({ messages: user, model: "m" }), headers));
  const refused = await ask();
  expect([refused.status, await codeOf(refused)]).toEqual([507, "storage_full"]);
  isFull = false;
  const answer = await ask();
  const runId = answer.headers.get("x-run-id") ?? "";
  expect([answer.status, isReplayed(answer), textOfRun(readRun(await answer.text(), runId))]).toEqual([
    200,
    false,
    "Hello",
  ]);
  expect(upstreams[0]?.requests).toHaveLength(1);
});

test("killed while it works, the server does nothing twice that was asked with an Idempotency-Key, and nothing never", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "parley-once-"));
  let server = await startServer(fromSource, { cwd });
  let number = 0;
  let interrupted = 0;
  const send = (each: number) =>
    fetch(server.origin + logPath, keyed(`key-${each}`, JSON.stringify({ number: each }))).catch(() => undefined);
  for (let kill = 0; kill < 6; kill++) {
    const numbers = Array.from({ length: 60 }, () => number++);
    const sent = numbers.map(async (each, index) => {
      await Bun.sleep(index);
      return send(each);
    });
    await Bun.sleep(Math.random() * 70);
    server.child.kill("SIGKILL");
    await server.child.exited;
    const answers = await Promise.all(sent);
    server = await startServer(fromSource, { cwd });
    const retried = answers.map(async (answer, index) => {
      const again = await send(numbers[index] ?? 0);
      const isUnknown = again?.status === 409 && (await codeOf(again)) === "answer_unknown";
      if (answer?.ok) expect([again?.status, again && isReplayed(again)]).toEqual([200, true]);
      else expect(isUnknown || again?.status === 200).toBe(true);
      if (!answer?.ok) interrupted++;
    });
    await Promise.all(retried);
  }
  const kept = (await entries(server.origin)).map((entry) => Number(entry.number));
  expect(kept.sort((a, b) => a - b)).toEqual(Array.from({ length: number }, (_, index) => index));
  // Had nobody been cut short, all of this would have held as well.
  expect(interrupted).toBeGreaterThan(0);
  await server[Symbol.asyncDispose]();
  rmSync(cwd, { recursive: true, force: true });
}, 120_000);
