import { afterAll, expect, test } from "bun:test";
import { dayMs, utcDay } from "../../src/lib/clock.ts";
import { createCalmClock } from "../../src/lib/calm-clock.ts";
import { openApp, providerYaml, type TestApp } from "../support/app.ts";
import { readEvents } from "../support/events.ts";
import { openaiText, openUpstream, type Step } from "../support/scripted-upstream.ts";

const api = "/backend-api/v2";
const begin = Date.UTC(2026, 10, 24, 12);
const yearMs = 365 * dayMs;

let before: Promise<unknown> = Promise.resolve();
const upstream = openUpstream((): Step[] => {
  const [head = "", ...rest] = openaiText("Hello ", "there");
  return [head, { until: before }, ...rest];
});
afterAll(() => upstream[Symbol.dispose]());
const question = { messages: [{ role: "user", content: "Hello" }], model: "m", provider: "Work" };

async function openAt(time: { wall: number; elapsed: number }): Promise<TestApp> {
  return openApp({
    yaml: providerYaml({ name: "Work", origin: upstream.origin }),
    flags: { budget_tokens: "1000000", log_retention: "30", run_retention: "3600", share_retention: "90" },
    clock: () => time.wall,
    elapsed: () => time.elapsed,
  });
}

const post = (app: TestApp, path: string, body: unknown) =>
  app.get(api + path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

async function sweep({ services }: TestApp): Promise<void> {
  await services.expiry.sweep();
  await services.retention.sweep();
}

/** How much there is of what goes when it is old. */
async function counts({ services, get }: TestApp, runId: string): Promise<Record<string, number>> {
  const { entries } = await (await get(`${api}/log`)).json();
  return {
    log: entries.length,
    usage: (await services.store.usage.find(runId)) ? 1 : 0,
    run: (await services.store.journal.find(runId)) ? 1 : 0,
    share: (await services.store.shares.find("shared", begin)) ? 1 : 0,
  };
}

test("a year that passes at once takes nothing, until it has been so for a day", async () => {
  const time = { wall: begin, elapsed: 0 };
  await using app = await openAt(time);
  await post(app, "/log", { id: "entry" });
  await post(app, "/chat/shared", { id: "shared", title: "Shared", updated: 1 });
  const answer = await app.post({ ...question, resumable: true });
  await readEvents(answer);
  const runId = answer.headers.get("x-run-id") ?? "";
  const all = { log: 1, usage: 1, run: 1, share: 1 };
  expect(await counts(app, runId)).toEqual(all);
  time.wall += 2 * yearMs;
  await sweep(app);
  expect(await counts(app, runId)).toEqual(all);
  // What has really passed counts meanwhile.
  for (const each of ["wall", "elapsed"] as const) time[each] += 2 * 3600_000;
  await sweep(app);
  expect(await counts(app, runId)).toEqual({ ...all, run: 0 });
  for (const each of ["wall", "elapsed"] as const) time[each] += dayMs;
  await sweep(app);
  expect(await counts(app, runId)).toEqual({ log: 0, usage: 0, run: 0, share: 0 });
});

test("a start long after the last write is such a jump, a weekend asleep is none", () => {
  let wall = begin;
  let elapsed = 0;
  const started = createCalmClock(
    () => wall + yearMs,
    () => elapsed,
    wall,
  );
  expect(started()).toBe(begin);
  elapsed += dayMs;
  expect(started()).toBe(begin + yearMs);
  const asleep = createCalmClock(
    () => wall,
    () => elapsed,
    undefined,
  );
  wall += 2.5 * dayMs;
  expect(asleep()).toBe(wall);
  // Set back, and put right.
  wall -= yearMs;
  expect(asleep()).toBe(wall);
  wall += yearMs;
  expect(asleep()).toBe(wall);
});

test.each([
  ["back by a day", (now: number) => now - dayMs],
  ["to 1970", () => 1000],
  ["ahead by a year", (now: number) => now + yearMs],
])(
  "an answer in whose middle the clock is set %s is counted once, in its day, and nothing goes below zero",
  async (_, set) => {
    const time = { wall: begin, elapsed: 0 };
    await using app = await openAt(time);
    await post(app, "/chats", { chat_id: "chat" });
    const { promise, resolve } = Promise.withResolvers<void>();
    before = promise;
    const asked = upstream.requests.length;
    const answering = app.post({ ...question, chat_id: "chat" });
    while (upstream.requests.length === asked || app.services.runs.inChat("local", "chat").length === 0)
      await Bun.sleep(5);
    time.wall = set(time.wall);
    resolve();
    const answer = await answering;
    const events = await readEvents(answer);
    expect(events.findLast(({ type }) => type === "finish")).toEqual({ type: "finish", finish: { reason: "stop" } });
    const row = await app.services.store.usage.find(answer.headers.get("x-run-id") ?? "");
    expect([row?.day, row?.duration_ms]).toEqual([utcDay(begin), Math.max(0, time.wall - begin)]);
    const ledger = await app.services.store.budgets.get({ key_id: "", day: utcDay(begin) });
    expect(ledger).toMatchObject({ tokens: row?.total_tokens, reserved_tokens: 0, reserved_nanodollars: 0 });
    const today = await app.services.store.budgets.get({ key_id: "", day: utcDay(time.wall) });
    for (const amount of Object.values(today)) expect(amount).toBeGreaterThanOrEqual(0);
    // What comes later stands later, whatever the clock says.
    const said = await post(app, "/chats/chat/messages", { messages: [{ role: "user", content: "And then?" }] });
    expect(said.status).toBeLessThan(300);
    const { messages } = await (await app.get(`${api}/chats/chat`)).json();
    expect(messages.map(({ message }: { message: { content: string } }) => message.content)).toEqual([
      "Hello",
      "Hello there",
      "And then?",
    ]);
    expect(new Set(messages.map(({ message_id: id }: { message_id: string }) => id)).size).toBe(3);
  },
);
