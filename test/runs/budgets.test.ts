import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunEvent } from "../../src/protocol/events.ts";
import { utcDay } from "../../src/lib/clock.ts";
import { conversationPath, providerYaml } from "../support/app.ts";
import { fromSource, startServer } from "../support/command.ts";
import { readEvents } from "../support/events.ts";
import { makeKey, type TestKey } from "../support/keys.ts";
import { openRouted, user } from "../support/routed.ts";
import { answer, chunked, lastChunk, openaiText, openUpstream, type Step } from "../support/scripted-upstream.ts";

const today = () => ({ key_id: "", day: utcDay(Date.now()) });
/** What the vendor says that it has counted. */
const counted = (prompt_tokens: number, completion_tokens: number): Step[] => [
  ...chunked([
    `data: {"model":"m","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\n`,
    `data: {"choices":[],"usage":${JSON.stringify({ prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens })}}\n\n`,
    "data: [DONE]\n\n",
  ]),
  lastChunk,
];
const usageOf = (events: readonly RunEvent[]) => events.find((event) => event.type === "usage");

describe("a budget of tokens", () => {
  test("lets at most 10 of 100 parallel runs begin where 10 fit, and its books balance to the token", async () => {
    // "Hello" is two tokens, and a message four.
    await using routed = await openRouted([() => [{ waitMs: 50 }, ...counted(6, 94)]], {
      flags: { budget_tokens: "1000" },
    });
    const { app, counts } = routed;
    const responses = await Promise.all(
      Array.from({ length: 100 }, () => app.post({ messages: user, model: "m", max_tokens: 94 })),
    );
    const statuses = Map.groupBy(responses, ({ status }) => status);
    expect(statuses.get(200)?.length).toBe(10);
    for (const refused of statuses.get(429) ?? []) {
      expect(await refused.json()).toMatchObject({ error: { code: "budget_spent" } });
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    }
    const answered = await Promise.all((statuses.get(200) ?? []).map(readEvents));
    expect(counts()).toEqual([10]);
    const books = await app.services.store.budgets.get(today());
    expect(books).toEqual({ tokens: 1000, nanodollars: 0, reserved_tokens: 0, reserved_nanodollars: 0 });
    const left = answered.map((events) => usageOf(events)?.budget?.tokens?.left ?? -1);
    expect(Math.min(...left)).toBe(0);
    const late = await app.post({ messages: user, model: "m" });
    expect(late.status).toBe(429);
    expect(Number(late.headers.get("retry-after"))).toBeGreaterThan(1);
  });

  test("that is too small for a question, with nothing set aside by others, says what is left, and when there is more", async () => {
    await using routed = await openRouted([() => counted(6, 54)], { flags: { budget_tokens: "100" } });
    const ask = (max_tokens: number) => routed.app.post({ messages: user, model: "m", max_tokens });
    await readEvents(await ask(54));
    const refused = await ask(50);
    expect([refused.status, await refused.json()]).toEqual([
      429,
      {
        error: {
          code: "budget_spent",
          message:
            "what is left of this key's budget for today, 40 tokens, is less than this may take: ask for less with max_tokens",
        },
      },
    ]);
    const untilTomorrow = (Date.parse(utcDay(Date.now())) + 86_400_000 - Date.now()) / 1000;
    expect(Number(refused.headers.get("retry-after")) / untilTomorrow).toBeCloseTo(1, 1);
    expect((await ask(30)).status).toBe(200);
  });

  test("ends an answer for which nothing is left, and charges what it had", async () => {
    const words = openaiText(...Array.from({ length: 400 }, (_, index) => `word${index} `));
    const slowly = words.flatMap((word): Step[] => [word, { waitMs: 2 }]);
    await using routed = await openRouted([() => slowly], { flags: { budget_tokens: "100" } });
    const events = await routed.ask();
    expect(events.find(({ type }) => type === "finish")).toEqual({ type: "finish", finish: { reason: "error" } });
    expect(events.find(({ type }) => type === "error")).toMatchObject({ error: "RateLimitError" });
    const { tokens, reserved_tokens } = await routed.app.services.store.budgets.get(today());
    expect(reserved_tokens).toBe(0);
    expect(tokens).toBeGreaterThan(90);
  });

  test("counts what is asked beside what was said: tools, how they were called, and the form of the answer", async () => {
    await using routed = await openRouted([() => counted(6, 10)], { flags: { budget_tokens: "2000" } });
    const long = "x".repeat(10_000);
    const call = { id: "1", type: "function", function: { name: "f", arguments: JSON.stringify(long) } };
    const form = { type: "json_schema", json_schema: { name: "f", schema: { description: long } } };
    for (const asked of [
      { tools: [{ type: "function", function: { name: "f", description: long } }] },
      {
        messages: [
          ...user,
          { role: "assistant", tool_calls: [call] },
          { role: "tool", tool_call_id: "1", content: "" },
        ],
      },
      { response_format: form },
    ])
      expect((await routed.app.post({ messages: user, model: "m", max_tokens: 10, ...asked })).status).toBe(429);
    expect(routed.counts()).toEqual([0]);
    await routed.ask({ tools: [{ type: "function", function: { name: "f", description: "short" } }] });
    expect(await routed.app.services.store.budgets.get(today())).toMatchObject({ tokens: 16, reserved_tokens: 0 });
  });

  test("is each key's own, where it has one, and begins anew the next day", async () => {
    let now = Date.parse("2026-03-01T23:00:00Z");
    await using routed = await openRouted([() => counted(6, 4)], { clock: () => now, flags: { budget_tokens: "15" } });
    const { app } = routed;
    const [ann, bob, cy] = [
      await makeKey(app, "ann", { tokens_per_day: 20 }),
      await makeKey(app, "bob"),
      await makeKey(app, "cy", { tokens_per_day: 0 }),
    ];
    const ask = async ({ headers }: TestKey) => {
      const response = await app.post({ messages: user, model: "m", max_tokens: 4 }, { headers });
      await response.text();
      return response.status;
    };
    expect([await ask(ann), await ask(ann), await ask(ann)]).toEqual([200, 200, 429]);
    expect([await ask(bob), await ask(bob)]).toEqual([200, 429]);
    expect([await ask(cy), await ask(cy), await ask(cy)]).toEqual([200, 200, 200]);
    const { headers } = await app.post({ messages: user, model: "m", max_tokens: 4 }, { headers: ann.headers });
    expect(headers.get("retry-after")).toBe("3600");
    now += 3_600_000;
    expect(await ask(ann)).toBe(200);
  });

  test("is not gone around by telling of a run while it goes on", async () => {
    await using routed = await openRouted([() => [{ waitMs: 200 }, ...counted(6, 94)]], {
      flags: { budget_tokens: "5000" },
    });
    const { app } = routed;
    const response = await app.post({ messages: user, model: "m" });
    const row = JSON.stringify({ run_id: response.headers.get("x-run-id"), total_tokens: 0 });
    await app.get("/backend-api/v2/usage", { method: "POST", body: row });
    await response.text();
    expect(await app.services.store.budgets.get(today())).toMatchObject({ tokens: 100, reserved_tokens: 0 });
  });

  test("counts the texts of buckets, and nobody is asked where they are too long", async () => {
    await using routed = await openRouted([() => counted(6, 4)], { flags: { budget_tokens: "2000" } });
    const { app, counts } = routed;
    const form = new FormData();
    form.append("files", new File(["many words ".repeat(2000)], "long.txt"));
    await app.get("/backend-api/v2/files/b", { method: "POST", body: form });
    const content = [{ bucket_id: "b" }, { type: "text", text: "How many?" }];
    const events = await readEvents(await app.post({ messages: [{ role: "user", content }], model: "m" }));
    expect(events.find(({ type }) => type === "error")).toMatchObject({ error: "RateLimitError" });
    expect(counts()).toEqual([0]);
    expect(await app.services.store.budgets.get(today())).toMatchObject({ tokens: 0, reserved_tokens: 0 });
  });

  test("gives back what was set aside for runs that fail, and for those that are cancelled", async () => {
    await using routed = await openRouted(
      [(_, count) => (count === 1 ? answer(400, { error: { message: "no" } }) : ["hang"])],
      { flags: { budget_tokens: "5000" } },
    );
    const { app } = routed;
    await routed.ask({ provider: "A" });
    const response = await app.post({ messages: user, model: "m", provider: "A" });
    expect((await app.services.store.budgets.get(today())).reserved_tokens).toBe(6 + 1024);
    await app.get(`/backend-api/v2/runs/${response.headers.get("x-run-id")}/cancel`, { method: "POST" });
    await response.body?.cancel();
    expect(await app.services.store.budgets.get(today())).toMatchObject({ tokens: 0, reserved_tokens: 0 });
  });

  test("that is spent lets nothing be spoken either", async () => {
    await using routed = await openRouted([() => counted(6, 994)], { flags: { budget_tokens: "1000" } });
    await routed.ask();
    const response = await routed.app.get("/backend-api/v2/synthesize/A?text=Hello&model=tts-1");
    expect([response.status, (await response.json()).error.code]).toEqual([429, "budget_spent"]);
  });

  test("outlives a server that is killed, and what it had set aside does not", async () => {
    const cwd = mkdtempSync(join(tmpdir(), "parley-budget-"));
    using upstream = openUpstream((_, count) => (count === 1 ? ["hang"] : counted(6, 94)));
    await Bun.write(join(cwd, "parley.yaml"), providerYaml({ name: "A", origin: upstream.origin }));
    const args = ["--config", "parley.yaml", "--budget-tokens", "1000"];
    const ask = ({ origin }: { readonly origin: string }) =>
      fetch(origin + conversationPath, {
        method: "POST",
        body: JSON.stringify({ messages: user, model: "m", provider: "A", max_tokens: 900 }),
      });
    {
      await using server = await startServer(fromSource, { cwd, args });
      void ask(server).catch(() => {});
      while (upstream.requests.length === 0) await Bun.sleep(5);
      expect((await ask(server)).status).toBe(429);
    }
    await using server = await startServer(fromSource, { cwd, args });
    const response = await ask(server);
    expect([response.status, usageOf(await readEvents(response))?.budget?.tokens]).toEqual([
      200,
      { limit: 1000, used: 100, left: 900 },
    ]);
    expect((await ask(server)).status).toBe(429);
    rmSync(cwd, { recursive: true, force: true });
  });
});

test("a budget of money is not broken by a caller who asks for more than numbers can say", async () => {
  await using routed = await openRouted([() => counted(6, 10)], { flags: { budget_cost: "1" } });
  for (const max_tokens of [1e300, 1e19, 2 ** 53, Number.MAX_VALUE]) {
    const response = await routed.app.post({ messages: user, model: "m", max_tokens });
    expect(response.status).toBe(200);
    await response.text();
  }
  expect(await routed.app.services.store.budgets.get(today())).toMatchObject({ tokens: 64, reserved_tokens: 0 });
});

test("a budget of money counts by the dearest who may answer, and is charged by what was taken", async () => {
  const prices = [
    { model: "m", provider: "A", input: 1, output: 10 },
    { model: "m", provider: "B", input: 2, output: 100 },
  ];
  // 6 tokens in and 10 out: 1,012 millionths of a dollar at most, of which A takes 106.
  const { promise: asked, resolve: answerThem } = Promise.withResolvers<void>();
  await using routed = await openRouted([() => [{ until: asked }, ...counted(6, 10)], () => []], {
    settings: { prices },
    flags: { budget_cost: "0.003" },
  });
  const responses = await Promise.all(
    Array.from({ length: 5 }, () => routed.app.post({ messages: user, model: "m", max_tokens: 10 })),
  );
  expect(responses.map(({ status }) => status).sort()).toEqual([200, 200, 429, 429, 429]);
  answerThem();
  await Promise.all(responses.map((response) => response.text()));
  expect(await routed.app.services.store.budgets.get(today())).toMatchObject({
    nanodollars: 2 * 106_000,
    reserved_nanodollars: 0,
  });
});
