import { describe, expect, test } from "bun:test";
import { utcDay } from "../../src/lib/clock.ts";
import { openApp, type TestApp } from "../support/app.ts";
import { readEvents } from "../support/events.ts";
import { makeKey } from "../support/keys.ts";
import { openRouted, user } from "../support/routed.ts";
import { answer, openaiText } from "../support/scripted-upstream.ts";

const path = "/backend-api/v2/usage";
const statsPath = "/backend-api/v2/stats";
const day = utcDay(Date.now());

const report = (app: TestApp, body: unknown, headers: Record<string, string> = {}) =>
  app.get(path, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body), headers });
const stats = async (app: TestApp, query = "", init: RequestInit = {}) =>
  (await app.get(statsPath + query, init)).json();
const rows = async (app: TestApp, query = "", init: RequestInit = {}) => {
  const text = await (await app.get(`${path}/${day}${query}`, init)).text();
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
};
const code = async (response: Response) => [response.status, (await response.json()).error?.code];

describe("what a client tells of", () => {
  test("is counted, with all its keys, whatever they are", async () => {
    await using app = await openApp();
    const sent = `{"model":"m","provider":"P","prompt_tokens":3,"completion_tokens":4,"total_tokens":7,"saved_tokens":2,"cost":0.25,
      "__proto__":{"x":1},"constructor":"c","created_at":"mine","a":["\\ud800 ü"]}`;
    const response = await report(app, sent, { "x-user": "ann" });
    expect([response.status, await response.json()]).toEqual([200, {}]);
    const listed = await app.get(`${path}/${day}`);
    expect(listed.headers.get("content-type")).toStartWith("text/plain");
    const [row] = await rows(app);
    expect(row).toMatchObject({
      model: "m",
      user: "ann",
      total_tokens: 7,
      saved_tokens: 2,
      cost: 0.25,
      owner: "local",
    });
    expect(Object.getOwnPropertyDescriptor(row, "__proto__")?.value).toEqual({ x: 1 });
    expect([row.constructor, row.created_at, row.a]).toEqual(["c", "mine", ["\ud800 ü"]]);
    const counts = {
      requests: 1,
      prompt_tokens: 3,
      completion_tokens: 4,
      saved_tokens: 2,
      total_tokens: 7,
      cost: 0.25,
    };
    expect(await stats(app)).toEqual({
      days: [{ date: day, ...counts }],
      models: { m: counts },
      providers: { P: counts },
      users: { ann: counts },
      totals: counts,
    });
  });

  test("counts once for the same run of the same owner", async () => {
    await using app = await openApp();
    for (const total_tokens of [5, 50]) await report(app, { run_id: "r", total_tokens });
    expect((await stats(app)).totals).toMatchObject({ requests: 1, total_tokens: 5 });
  });

  test("is counted by what it says, and need say nothing", async () => {
    await using app = await openApp();
    await report(app, {
      user: "bob",
      prompt_tokens: 2,
      completion_tokens: 1,
      prompt_tokens_details: { cached_tokens: 1 },
    });
    await report(app, {}, { "x-user": "ann" });
    await report(app, { user: null, run_id: "", model: null });
    const { users, models, totals } = await stats(app);
    expect(Object.keys(users)).toEqual(["bob", "ann", "local"]);
    expect(Object.keys(models)).toEqual([""]);
    expect(totals).toMatchObject({ requests: 3, total_tokens: 3, saved_tokens: 1 });
    expect(await stats(app, "?user=bob")).toMatchObject({
      users: { bob: { total_tokens: 3 } },
      totals: { requests: 1 },
    });
    expect((await stats(app, "?user=nobody")).days).toEqual([]);
  });

  test("is refused where it is none, naming the field alone", async () => {
    await using app = await openApp();
    const bad: [unknown, string][] = [
      ["[]", "the body"],
      ["{", "the body"],
      [{ prompt_tokens: -1 }, "prompt_tokens"],
      [{ total_tokens: 1.5 }, "total_tokens"],
      [{ completion_tokens: "12" }, "completion_tokens"],
      [{ prompt_tokens: 1e10 }, "prompt_tokens"],
      [{ cost: -0.5 }, "cost"],
      [{ model: "m".repeat(257) }, "model"],
      [{ user: 7 }, "user"],
      [{ run_id: "a/b" }, "run_id"],
    ];
    for (const [body, field] of bad) {
      const response = await report(app, body);
      expect([body, response.status]).toEqual([body, 400]);
      expect((await response.json()).error.message).toStartWith(field);
    }
    expect((await report(app, { a: "x".repeat(70_000) })).status).toBe(413);
    expect(await code(await app.get(`${path}/${day}`))).toEqual([404, "not_found"]);
  });
});

describe("usage", () => {
  test("has a row of each run: what ended well, what failed, and what was cancelled", async () => {
    await using routed = await openRouted([
      (_, count) =>
        count === 1 ? openaiText("one ", "two") : count === 2 ? answer(400, { error: { message: "no" } }) : ["hang"],
    ]);
    await routed.ask({ user: "ann" });
    await routed.ask({ provider: "A" });
    const response = await routed.app.post({ messages: user, model: "m", provider: "A" });
    const id = response.headers.get("x-run-id");
    await routed.app.get(`/backend-api/v2/runs/${id}/cancel`, { method: "POST" });
    await response.body?.cancel();
    const listed = await rows(routed.app);
    expect(listed.map(({ outcome }) => outcome)).toEqual(["stop", "error", "cancelled"]);
    expect(listed[0]).toMatchObject({ source: "run", user: "ann", provider: "A", model: "m" });
    expect((await stats(routed.app)).totals.requests).toBe(3);
  });

  test("of a run that a client tells of too is what the server counted, whichever came first", async () => {
    await using app = await openApp();
    const { usage } = app.services.store;
    await report(app, { run_id: "run_1", total_tokens: 1, user: "ann", model: "none", provider: "None" });
    const reported = await usage.find("run_1");
    await usage.insert({ ...reported!, user: null, model: "m", provider: "A", total_tokens: 90 });
    await report(app, { run_id: "run_1", total_tokens: 1 });
    expect(await rows(app)).toMatchObject([{ source: "run", total_tokens: 90 }]);
    const { models, providers, users, totals } = await stats(app);
    expect(totals).toMatchObject({ requests: 1, total_tokens: 90 });
    expect([models, providers, users].map(Object.keys)).toEqual([["m"], ["A"], ["local"]]);
    expect(users.local).toMatchObject({ requests: 1, total_tokens: 90 });
  });

  test("is listed by real days alone", async () => {
    await using app = await openApp();
    for (const bad of ["2026-02-30", "2026-13-01", "2026-1-1", "today", "2026-11-24T00:00", "%00", "0000-00-00"])
      expect([bad, ...(await code(await app.get(`${path}/${bad}`)))]).toEqual([bad, 400, "invalid_request"]);
    expect(await code(await app.get(`${path}/2020-01-01`))).toEqual([404, "not_found"]);
    for (const query of ["?days=0", "?days=x", "?days=-1"]) expect((await app.get(statsPath + query)).status).toBe(400);
    expect((await app.get(`${path}?format=xml`)).status).toBe(400);
  });

  test("of several days and many rows comes whole, a page after the other", async () => {
    let now = Date.parse("2026-03-01T12:00:00Z");
    await using app = await openApp({ clock: () => now });
    for (const [index, from] of ["2026-03-01", "2026-03-02", "2026-03-04"].entries()) {
      now = Date.parse(from);
      const count = index === 0 ? 1001 : 1000;
      await Promise.all(
        Array.from({ length: count }, (_, at) => report(app, { run_id: `${index}-${at}`, total_tokens: 1 })),
      );
    }
    expect((await app.get(`${path}?from=2026-03-04&to=2026-03-01`)).status).toBe(400);
    const text = await (await app.get(`${path}?from=2026-03-01&to=2026-03-04`)).text();
    const ids = text
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line).run_id);
    expect([ids.length, new Set(ids).size]).toEqual([3001, 3001]);
    expect((await (await app.get(`${path}/2026-03-02?format=csv`)).text()).split("\r\n").length).toBe(1002);
    const { days } = await stats(app, "?days=3");
    expect(days.map(({ date, requests }: { date: string; requests: number }) => [date, requests])).toEqual([
      ["2026-03-02", 1000],
      ["2026-03-04", 1000],
    ]);
  });

  test("whose rows are large comes in pages as well", async () => {
    await using app = await openApp();
    const note = "x".repeat(60_000);
    for (let index = 0; index < 20; index++) await report(app, { note, run_id: String(index) });
    const listed = await rows(app);
    expect(listed.map(({ run_id }) => run_id)).toEqual(Array.from({ length: 20 }, (_, index) => String(index)));
    expect(listed.every((row) => row.note === note)).toBe(true);
  });

  test("as a table holds no formula, however it is begun", async () => {
    await using app = await openApp();
    const evil = ['=cmd|"/c calc"!A1', "+1", "-1", "@SUM(1)", "\t=1", " =1", "＝1", 'a"b;=1\n=2'];
    for (const model of evil) await report(app, { model });
    const text = await (await app.get(`${path}?format=csv`)).text();
    for (const model of evil)
      expect(text).toContain(`"${model.startsWith("a") ? "" : "'"}${model.replaceAll('"', '""')}"`);
    expect(text).toStartWith('"created_at","day","run_id"');
  });

  test("is its owner's; an admin may see all, or anybody's", async () => {
    await using app = await openApp();
    const keys = {
      ann: await makeKey(app, "ann"),
      bob: await makeKey(app, "bob"),
      boss: await makeKey(app, "boss", { role: "admin" }),
    };
    for (const key of [keys.ann, keys.bob]) await report(app, { run_id: "same", total_tokens: 1 }, key.headers);
    for (const key of [keys.ann, keys.bob]) expect((await stats(app, "", key)).totals.requests).toBe(1);
    expect((await stats(app, "", keys.boss)).totals.requests).toBe(0);
    expect(Object.keys((await stats(app, "?owner=all", keys.boss)).users)).toEqual(["ann", "bob"]);
    expect(await rows(app, "?owner=all", keys.boss)).toMatchObject([{ owner: "ann" }, { owner: "bob" }]);
    expect(await rows(app, "?owner=bob", keys.boss)).toMatchObject([{ owner: "bob" }]);
    for (const owner of ["all", "bob"])
      for (const each of [`${path}/${day}`, path, statsPath])
        expect(await code(await app.get(`${each}?owner=${owner}`, keys.ann))).toEqual([403, "admin_only"]);
  });

  test("is swept once it is old, and what it came to stays", async () => {
    let now = Date.parse("2026-03-01T12:00:00Z");
    await using app = await openApp({ clock: () => now, flags: { usage_retention: "2" } });
    await report(app, { total_tokens: 5 });
    now += 86_400_000;
    await app.services.expiry.sweep();
    expect((await app.get(`${path}/2026-03-01`)).status).toBe(200);
    now += 86_400_000;
    await app.services.expiry.sweep();
    expect((await app.get(`${path}/2026-03-01`)).status).toBe(404);
    expect((await stats(app)).totals.total_tokens).toBe(5);
  });

  test("tells in its event how the budget stands", async () => {
    await using routed = await openRouted([() => openaiText("Hi")], {
      flags: { budget_tokens: "5000", budget_cost: "2" },
    });
    const event = (await readEvents(await routed.app.post({ messages: user, model: "m" }))).find(
      ({ type }) => type === "usage",
    );
    expect(event).toMatchObject({
      budget: {
        tokens: { limit: 5000, used: 7, left: 4993 },
        cost: { limit: 2, used: 0, left: 2 },
        resets_at: expect.stringMatching(/T00:00:00.000Z$/),
      },
    });
  });
});
