import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ApiError } from "../../src/protocol/errors.ts";
import type { RunInfo } from "../../src/protocol/runs.ts";
import { cancellation } from "../../src/runs/live-run.ts";
import { localCaller } from "../../src/protocol/caller.ts";
import { parseChatRequest } from "../../src/runs/request.ts";
import type { RunRow } from "../../src/store/journal.ts";
import { conversationPath, openApp, providerYaml, type TestApp, type TestAppOptions } from "../support/app.ts";
import { fromSource, startServer } from "../support/command.ts";
import { readRun, type RunMessage, textOfRun } from "../support/events.ts";
import {
  chunked,
  lastChunk,
  openaiText,
  openUpstream,
  type RecordedRequest,
  type ScriptedUpstream,
  type Step,
  toChunk,
} from "../support/scripted-upstream.ts";

const path = "/backend-api/v2/runs";
const ask = { messages: [{ role: "user", content: "Hello" }], model: "m", provider: "Work", resumable: true };
const piece = (text: string) =>
  toChunk(`data: {"model":"m","choices":[{"delta":{"content":${JSON.stringify(text)}}}]}\n\n`);
const end = [
  toChunk('data: {"model":"m","choices":[{"delta":{},"finish_reason":"stop"}]}\n\n'),
  toChunk("data: [DONE]\n\n"),
  lastChunk,
];
const slow = (text: string, waitMs = 10): Step[] => [
  ...chunked([]),
  ...[...text].flatMap((letter): Step[] => [piece(letter), { waitMs }]),
  ...end,
];

async function withApp(
  script: (request: RecordedRequest, count: number) => readonly Step[],
  use: (app: TestApp, upstream: ScriptedUpstream) => Promise<void>,
  { flags, clock }: Pick<TestAppOptions, "flags" | "clock"> = {},
): Promise<void> {
  using upstream = openUpstream(script);
  await using app = await openApp({
    yaml: providerYaml({ name: "Work", origin: upstream.origin }),
    ...(flags && { flags }),
    ...(clock && { clock }),
  });
  await use(app, upstream);
}

/** Reads an answer up to its n-th event and leaves. */
async function readSome(response: Response, count: number): Promise<{ runId: string; seen: RunMessage[] }> {
  const runId = response.headers.get("x-run-id") ?? "";
  let text = "";
  for await (const bytes of response.body!) {
    text += Buffer.from(bytes).toString();
    if (text.split("\nevent: ").length > count) break;
  }
  return { runId, seen: readRun(text, runId) };
}

const info = async (app: TestApp, runId: string): Promise<RunInfo> => (await app.get(`${path}/${runId}`)).json();
const replay = async (app: TestApp, runId: string, query = "", headers: Record<string, string> = {}) =>
  readRun(await (await app.get(`${path}/${runId}/events${query}`, { headers })).text(), runId);

async function until(app: TestApp, runId: string, state: RunInfo["state"]): Promise<RunInfo> {
  for (;;) {
    const now = await info(app, runId);
    if (now.state === state) return now;
    await Bun.sleep(5);
  }
}

describe("a resumable answer", () => {
  test("goes on without its reader, and is read on where it was left, as an EventSource does or with after", () =>
    withApp(
      () => slow("abcdefghijklmnopqrst"),
      async (app) => {
        const { runId, seen } = await readSome(await app.post(ask), 6);
        const last = seen.at(-1)!.seq;
        const [byHeader, byQuery, whole] = await Promise.all([
          replay(app, runId, "", { "last-event-id": `${runId}.${last}` }),
          replay(app, runId, `?after=${last}`),
          replay(app, runId),
        ]);
        expect(byHeader[0]?.seq).toBe(last + 1);
        expect(byQuery).toEqual(byHeader);
        expect(whole).toEqual([...seen, ...byHeader]);
        expect(textOfRun(whole)).toBe("abcdefghijklmnopqrst");
        expect(await info(app, runId)).toMatchObject({
          run_id: runId,
          state: "finished",
          reason: "stop",
          provider: "Work",
          model: "m",
          sequence: whole.length,
          usage: { estimated: true },
          resumable: true,
          chat_id: null,
        });
        // Once more from the disk alone, at every place.
        for (let after = 0; after <= whole.length; after++)
          expect(await replay(app, runId, `?after=${after}`)).toEqual(whole.slice(after));
        expect(app.trouble).toEqual([]);
      },
    ));

  test("tells an EventSource that has it all to stop asking", () =>
    withApp(
      () => openaiText("Hello"),
      async (app) => {
        const response = await app.post(ask);
        const runId = response.headers.get("x-run-id") ?? "";
        const whole = readRun(await response.text(), runId);
        const again = await app.get(`${path}/${runId}/events`, {
          headers: { "last-event-id": `${runId}.${whole.length}` },
        });
        expect([again.status, await again.text()]).toEqual([204, ""]);
        expect((await app.get(`${path}/${runId}/events?after=${whole.length}`)).status).toBe(200);
        const lines = await (await app.get(`${path}/${runId}/events?format=ndjson`)).text();
        expect(
          lines
            .split("\n")
            .slice(0, -1)
            .map((line) => JSON.parse(line)),
        ).toEqual(whole.map(({ event }) => event));
      },
    ));

  test("is cancelled when nobody has been attached for run_grace, and not while somebody is", () =>
    withApp(
      () => [...chunked([]), piece("a"), "hang"],
      async (app, upstream) => {
        const response = await app.post(ask);
        // Attached before the first reader leaves: from then on it has no longer than run_grace.
        const watcher = await app.get(`${path}/${response.headers.get("x-run-id")}/events`);
        const { runId } = await readSome(response, 3);
        await Bun.sleep(500);
        expect((await info(app, runId)).state).toBe("running");
        const left = performance.now();
        await watcher.body!.cancel();
        const closed = await upstream.requests[0]!.closed;
        expect(closed - left).toBeGreaterThan(150);
        expect(await until(app, runId, "cancelled")).toMatchObject({ reason: "cancelled" });
        expect(await app.services.store.usage.find(runId)).toMatchObject({ outcome: "cancelled" });
        const events = await replay(app, runId);
        expect(events.at(-1)?.event).toEqual({ type: "finish", finish: { reason: "cancelled" } });
      },
      { flags: { run_grace: "0.2" } },
    ));

  test("is cancelled from anywhere, which every reader sees; to cancel it twice changes nothing", () =>
    withApp(
      () => [...chunked([]), piece("a"), "hang"],
      async (app, upstream) => {
        const response = await app.post(ask);
        const runId = response.headers.get("x-run-id") ?? "";
        while (upstream.requests.length === 0) await Bun.sleep(1);
        const cancelled = await app.get(`${path}/${runId}/cancel`, { method: "POST" });
        expect(await cancelled.json()).toMatchObject({ run_id: runId, state: "cancelled", reason: "cancelled" });
        expect(readRun(await response.text(), runId).at(-1)?.event).toMatchObject({ finish: { reason: "cancelled" } });
        const again = await app.get(`${path}/${runId}/cancel`, { method: "POST" });
        expect(await again.json()).toMatchObject({ state: "cancelled" });
      },
    ));

  test("is kept apart from one that is not: that can be seen and cancelled, but not joined", () =>
    withApp(
      () => [...chunked([]), piece("a"), "hang"],
      async (app) => {
        const response = await app.post({ ...ask, resumable: false });
        const runId = response.headers.get("x-run-id") ?? "";
        expect(await info(app, runId)).toMatchObject({ state: "running", resumable: false });
        const joined = await app.get(`${path}/${runId}/events`);
        expect([joined.status, await joined.json()]).toMatchObject([409, { error: { code: "not_resumable" } }]);
        await (await app.get(`${path}/${runId}/cancel`, { method: "POST" })).text();
        expect(await response.text()).toContain('{"reason":"cancelled"}');
        expect((await app.get(`${path}/${runId}`)).status).toBe(404);
      },
    ));

  test("is listed, newest first, running or not", () =>
    withApp(
      (_, count) => (count === 3 ? [...chunked([]), piece("a"), "hang"] : openaiText("Hello")),
      async (app) => {
        const ids: string[] = [];
        for (let count = 0; count < 3; count++) {
          const response = await app.post(ask);
          ids.unshift(response.headers.get("x-run-id") ?? "");
          if (count < 2) await response.text();
          await Bun.sleep(2);
        }
        const list: RunInfo[] = await (await app.get(path)).json();
        expect(list.map(({ run_id }) => run_id)).toEqual(ids);
        expect(list.map(({ state }) => state)).toEqual(["running", "finished", "finished"]);
        expect(await (await app.get(`${path}?limit=1`)).json()).toMatchObject([{ run_id: ids[0]! }]);
        for (const limit of ["0", "x", "1001"]) expect((await app.get(`${path}?limit=${limit}`)).status).toBe(400);
      },
    ));

  test("expires after run_retention, its events with it, and the space is given back", async () => {
    let now = Date.now();
    await withApp(
      () => openaiText("x".repeat(200_000), "y".repeat(200_000)),
      async (app) => {
        const response = await app.post(ask);
        const runId = response.headers.get("x-run-id") ?? "";
        await response.text();
        const { journal } = app.services.store;
        const before = journal.size();
        now += 3_599_000;
        await app.services.retention.sweep();
        expect((await info(app, runId)).state).toBe("finished");
        now += 2_000;
        await app.services.retention.sweep();
        expect((await app.get(`${path}/${runId}`)).status).toBe(404);
        expect((await app.get(`${path}/${runId}/events`)).status).toBe(404);
        expect(await journal.readPages(runId, 0, 1)).toEqual([]);
        expect(before - journal.size()).toBeGreaterThan(300_000);
      },
      { clock: () => now },
    );
  });

  test("gives way to newer ones where space is short; one that finds none itself ends as failed", () => {
    const { promise: full, resolve: goOn } = Promise.withResolvers<void>();
    return withApp(
      (_, count) =>
        count < 3
          ? openaiText("x".repeat(800_000))
          : [...chunked([]), piece("y".repeat(1_500_000)), { until: full }, ...slow("abc", 100).slice(1)],
      async (app) => {
        const ids: string[] = [];
        for (let count = 0; count < 2; count++) {
          const response = await app.post(ask);
          ids.push(response.headers.get("x-run-id") ?? "");
          await response.text();
          await Bun.sleep(2);
        }
        await app.services.retention.sweep();
        expect((await app.get(`${path}/${ids[0]}`)).status).toBe(404);
        expect((await app.get(`${path}/${ids[1]}`)).status).toBe(200);
        const { runId } = await readSome(await app.post(ask), 3);
        await app.services.retention.sweep();
        const refused = await app.post(ask);
        expect([refused.status, await refused.json()]).toMatchObject([507, { error: { code: "storage_full" } }]);
        goOn();
        await until(app, runId, "failed");
        expect((await replay(app, runId)).find(({ event }) => event.type === "error")?.event).toMatchObject({
          error: "ResponseError",
          message: expect.stringContaining("max_journal"),
        });
      },
      { flags: { max_journal: String(1024 * 1024) } },
    );
  });
});

describe("what was cut short is gone on from", () => {
  const bodies = (upstream: ScriptedUpstream) =>
    upstream.requests.map(({ body }) => JSON.parse(body).messages as { role: string; content: string }[]);

  test("by its id, from its text", () =>
    withApp(
      (_, count) => (count === 1 ? [...chunked([]), piece("Once upon"), "hang"] : openaiText(" a time.")),
      async (app, upstream) => {
        const { runId } = await readSome(await app.post(ask), 3);
        const early = await app.post({ ...ask, action: "continue", run_id: runId });
        expect([early.status, await early.json()]).toMatchObject([409, { error: { code: "still_running" } }]);
        await (await app.get(`${path}/${runId}/cancel`, { method: "POST" })).text();
        const messages = ask.messages;
        const seen = { role: "assistant", content: "Once" };
        const seenMore = { role: "assistant", content: "Once upon a" };
        for (const request of [
          { ...ask, messages },
          { ...ask, messages: [...messages, seen] },
          { ...ask, messages: [...messages, seenMore] },
          { ...ask, messages: [] },
          { ...ask, messages: [...messages, { role: "assistant", content: [{ type: "text", text: "Once upon a" }] }] },
          { ...ask, messages: [...messages, { role: "assistant", content: null }] },
        ])
          expect(await (await app.post({ ...request, action: "continue", run_id: runId })).text()).toContain(
            " a time.",
          );
        const [, ...asked] = bodies(upstream);
        const rest = expect.objectContaining({ role: "user" });
        const once = { role: "assistant", content: "Once upon" };
        expect(asked).toEqual([
          [...messages, once, rest],
          [...messages, once, rest],
          [...messages, seenMore, rest],
          [once, rest],
          [...messages, seenMore, rest],
          [...messages, once, rest],
        ]);
        const second = (await app.get(`${path}?limit=1`)).json();
        const [{ run_id: again }] = await second;
        await (await app.post({ ...ask, messages: [...messages, once], action: "continue", run_id: again })).text();
        expect(bodies(upstream).at(-1)).toEqual([
          ...messages,
          { role: "assistant", content: "Once upon a time." },
          rest,
        ]);
        for (const [change, code] of [
          [{ action: "continue", run_id: "run_of_nobody" }, "not_found"],
          [{ run_id: runId }, "invalid_request"],
          [{ action: "continue", run_id: "a/b" }, "invalid_request"],
        ] as const)
          expect(await (await app.post({ ...ask, ...change })).json()).toMatchObject({ error: { code } });
      },
    ));
});

describe("an address of a run", () => {
  const cases: [string, number][] = [
    ["/run_of_nobody", 404],
    ["/run_of_nobody/events", 404],
    ["/..%2f..%2fetc%2fpasswd", 400],
    ["/%00", 400],
    [`/${"x".repeat(129)}`, 400],
    [`/${"%C3%A4".repeat(65)}`, 400],
    [`/${"%C3%A4".repeat(64)}`, 404],
    ["/run_of_nobody/events?after=-1", 400],
    ["/run_of_nobody/events?after=x", 400],
    ["/run_of_nobody/events?after=1e99", 400],
  ];
  test("that is none, or of no run, is refused", async () => {
    await using app = await openApp();
    for (const [address, status] of cases) {
      const response = await app.get(path + address);
      expect([address, response.status]).toEqual([address, status]);
      expect(await response.json()).toMatchObject({ error: { message: expect.any(String), code: expect.any(String) } });
    }
    expect((await app.get(`${path}/run_of_nobody/cancel`, { method: "POST" })).status).toBe(404);
    const response = await app.post({ messages: [{ role: "user", content: "2 + 2" }], resumable: true });
    const runId = response.headers.get("x-run-id") ?? "";
    await response.text();
    for (const id of ["x", `${runId}.x`, "run_other.3", "-1", `${runId}.1e3`])
      expect((await app.get(`${path}/${runId}/events`, { headers: { "last-event-id": id } })).status).toBe(400);
  });
});

test("at the server's end a resumable answer is journalled as interrupted, and can be gone on from", async () => {
  using upstream = openUpstream((_, count) =>
    count === 1 ? [...chunked([]), piece("Once upon"), "hang"] : openaiText(" a time."),
  );
  const yaml = providerYaml({ name: "Work", origin: upstream.origin });
  await using before = await openApp({ yaml, flags: { drain_timeout: "0.1" } });
  const response = await before.post(ask);
  const runId = response.headers.get("x-run-id") ?? "";
  while ((await info(before, runId)).sequence < 3) await Bun.sleep(1);
  await before.services.runs.drain(100);
  const seen = readRun(await response.text(), runId);
  expect(seen.slice(-3).map(({ event }) => event)).toMatchObject([
    { type: "error", error: "ResponseError", message: expect.stringContaining('"action": "continue"') },
    { type: "usage" },
    { type: "finish", finish: { reason: "error" } },
  ]);
  const ready = await before.get("/readyz");
  expect([ready.status, ready.headers.get("retry-after")]).toEqual([503, "5"]);

  await using after = await openApp({ yaml, flags: { data_dir: before.services.config.data_dir } });
  expect(await info(after, runId)).toMatchObject({ state: "interrupted", sequence: seen.length });
  expect(await replay(after, runId)).toEqual(seen);
  const rest = await after.post({ ...ask, action: "continue", run_id: runId });
  expect(await rest.text()).toContain(" a time.");
  expect((await after.get("/readyz")).status).toBe(200);
});

test("two servers on one directory leave each other's answers alone, until one of them is no more", async () => {
  using upstream = openUpstream(() => [...chunked([]), piece("a"), "hang"]);
  const yaml = providerYaml({ name: "Work", origin: upstream.origin });
  await using one = await openApp({ yaml });
  const { runId } = await readSome(await one.post(ask), 3);
  await Bun.sleep(100);
  await using two = await openApp({ yaml, flags: { data_dir: one.services.config.data_dir } });
  expect((await info(two, runId)).state).toBe("running");
  expect((await info(one, runId)).state).toBe("running");
  for (const action of ["events", "cancel"]) {
    const refused = await two.get(`${path}/${runId}/${action}`, { method: action === "cancel" ? "POST" : "GET" });
    expect([refused.status, await refused.json()]).toMatchObject([409, { error: { code: "still_running" } }]);
  }

  const cwd = mkdtempSync(join(tmpdir(), "parley-two-"));
  await Bun.write(join(cwd, "parley.yaml"), yaml);
  const data = two.services.config.data_dir;
  const third = await startServer(fromSource, { cwd, args: ["--config", "parley.yaml", "--data-dir", data] });
  const response = await fetch(third.origin + conversationPath, { method: "POST", body: JSON.stringify(ask) });
  const cut = await readSome(response, 3);
  await third[Symbol.asyncDispose]();
  expect(await replay(two, cut.runId, "?after=3")).toMatchObject([
    { seq: 4, event: { type: "error" } },
    { seq: 5, event: { type: "finish" } },
  ]);
  expect((await info(two, cut.runId)).state).toBe("interrupted");
  rmSync(cwd, { recursive: true });
});

test("events that nobody can have seen are refused, and HEAD attaches to nothing", () =>
  withApp(
    () => [...chunked([]), piece("a"), "hang"],
    async (app) => {
      const { runId } = await readSome(await app.post(ask), 3);
      const beyond = await app.get(`${path}/${runId}/events?after=4`);
      expect([beyond.status, await beyond.json()]).toMatchObject([400, { error: { code: "invalid_request" } }]);
      const head = await app.get(`${path}/${runId}/events`, { method: "HEAD" });
      expect([head.status, await head.text()]).toEqual([200, ""]);
      expect((await app.get(`${path}/run_of_nobody/events`, { method: "HEAD" })).status).toBe(404);
      const packed = await app.get(`${path}/${runId}/cancel`, {
        method: "POST",
        headers: { "content-encoding": "gzip" },
      });
      expect(packed.status).toBe(415);
      expect((await info(app, runId)).state).toBe("running");
      const cancelled = await app.get(`${path}/${runId}/cancel`, { method: "POST" });
      const { sequence }: RunInfo = await cancelled.json();
      expect((await app.get(`${path}/${runId}/events?after=${sequence + 1}`)).status).toBe(400);
    },
  ));

test("an answer whose events cannot be written ends, and says so; the others go on", async () => {
  const { promise: renamed, resolve: goOn } = Promise.withResolvers<void>();
  const [head = "", first = "", ...rest] = slow("abcdefghijklmnopqrst");
  using upstream = openUpstream(() => [head, first, { until: renamed }, ...rest]);
  await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
  const unwritten = await app.post(ask);
  const other = await app.post({ ...ask, resumable: false });
  using database = new Database(join(app.services.config.data_dir, "runs.db"));
  database.run("PRAGMA busy_timeout = 5000");
  database.run("ALTER TABLE run_tails RENAME TO gone");
  goOn();
  const runId = unwritten.headers.get("x-run-id") ?? "";
  const events = readRun(await unwritten.text(), runId);
  expect(events.slice(-3).map(({ event }) => event)).toMatchObject([
    { type: "error", error: "ResponseError", message: expect.stringContaining("could not be written to disk") },
    { type: "usage" },
    { type: "finish", finish: { reason: "error" } },
  ]);
  expect(await other.text()).toContain('{"reason":"stop"}');
  expect(app.logged.join("\n")).toContain("events could not be written to disk");
  database.run("ALTER TABLE gone RENAME TO run_tails");
  // What failed to be written was written with the end, every event under its number.
  expect(await replay(app, runId)).toEqual(events);
  expect(await info(app, runId)).toMatchObject({ state: "failed", sequence: events.length });
  expect(await (await app.post(ask)).text()).toContain('{"reason":"stop"}');
});

test("an answer whose end cannot be written does not show it, and has it once that can be done", async () => {
  const { promise: renamed, resolve: goOn } = Promise.withResolvers<void>();
  const [head = "", first = "", ...rest] = slow("abcdef", 50);
  using upstream = openUpstream(() => [head, first, { until: renamed }, ...rest]);
  await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
  const response = await app.post(ask);
  const runId = response.headers.get("x-run-id") ?? "";
  using database = new Database(join(app.services.config.data_dir, "runs.db"));
  database.run("PRAGMA busy_timeout = 5000");
  // From then on only the end is written to the table of runs.
  while ((await info(app, runId)).sequence < 3) await Bun.sleep(1);
  database.run("ALTER TABLE runs RENAME TO gone");
  goOn();
  const text = await response.text();
  expect(text).toContain("could not be written to disk");
  expect(text).not.toContain("finish");
  database.run("ALTER TABLE gone RENAME TO runs");
  const { sequence } = await until(app, runId, "finished");
  const whole = await replay(app, runId);
  expect(whole).toHaveLength(sequence);
  expect(whole.at(-1)?.event.type).toBe("finish");
  expect(text.split("\n\n").filter((message) => message.startsWith("id: "))).toHaveLength(
    whole.findIndex(({ event }) => event.type === "usage"),
  );
});

test("a run waits for no reader that stands still once another is there", async () => {
  using upstream = openUpstream(() => slow("x".repeat(400), 10));
  await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
  const run = await app.services.runs.start(parseChatRequest(ask), localCaller);
  // Attached, and never asks for anything.
  run.attach(0);
  await Bun.sleep(200);
  const stoodStillAt = run.info().sequence;
  let seen = 0;
  for await (const events of run.attach(stoodStillAt)) {
    seen += events.length;
    if (seen >= 20) break;
  }
  expect(seen).toBeGreaterThanOrEqual(20);
  expect(run.info().state).toBe("running");
  run.stop(cancellation());
  await run.ended;
}, 4_000);

test("who reads an answer while it expires gets a part of it without a gap, and is told", async () => {
  await using app = await openApp();
  const { journal: tables, presence } = app.services.store;
  const now = Date.now();
  const row: RunRow = {
    id: "run_1",
    server: presence.id,
    owner: "local",
    chat_id: null,
    continues: null,
    resumable: 1,
    state: "finished",
    reason: "stop",
    provider: "Work",
    model: "m",
    usage: null,
    sequence: 400,
    created_at: now,
    ended_at: now,
  };
  const event = JSON.stringify({ type: "content", content: "x".repeat(20_000) });
  const pages = Array.from({ length: 400 }, (_, index) => ({
    run_id: row.id,
    first: index + 1,
    last: index + 1,
    events: event,
  }));
  await tables.write({ runs: [row], tails: [], pages });
  const reader = await app.services.runs.attach(row.id, "local", 0);
  const seen: number[] = [];
  const read = async () => {
    for await (const events of reader) seen.push(...events.map(({ seq }) => seq));
  };
  const reading = read().catch((error: ApiError) => error.reason);
  await Bun.sleep(0);
  await tables.remove(row.id);
  expect(await reading).toBe("not_found");
  expect(seen.length).toBeLessThan(400);
  expect(seen).toEqual(seen.map((_, index) => index + 1));

  await tables.write({ runs: [row], tails: [], pages });
  const response = await app.get(`${path}/${row.id}/events`);
  await tables.remove(row.id);
  const text = await response.text();
  expect(text).toEndWith(
    'event: error\ndata: {"type":"error","error":"BadRequestError","message":"BadRequestError: this answer has expired"}\n\n',
  );
  expect(text).not.toContain("finish");
  expect(app.trouble).toEqual([]);
});

test("a slow reader has the time of the drain to read what was said", async () => {
  const answer = [...chunked([]), ...Array.from({ length: 400 }, () => piece("x".repeat(50_000))), ...end];
  using upstream = openUpstream(() => answer);
  const app = await openApp({
    yaml: providerYaml({ name: "Work", origin: upstream.origin }),
    flags: { drain_timeout: "20" },
  });
  for (const resumable of [true, false]) {
    const response = await app.post({ ...ask, resumable });
    const reader = response.body!.getReader();
    let text = "";
    const readOn = async () => {
      for (let count = 0; ; count++) {
        const { done, value } = await reader.read();
        if (done) return;
        text += Buffer.from(value).toString("latin1");
        if (count % 20 === 0) await Bun.sleep(20);
      }
    };
    const reading = readOn();
    if (!resumable) {
      await Bun.sleep(50);
      await app[Symbol.asyncDispose]();
    }
    await reading;
    expect(text.match(/x{50000}/g)).toHaveLength(400);
    expect(text).toContain('{"reason":"stop"}');
  }
});
