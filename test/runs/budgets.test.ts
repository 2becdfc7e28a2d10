import { describe, expect, test } from "bun:test";
import type { RunEvent } from "../../src/protocol/events.ts";
import { utcDay } from "../../src/lib/clock.ts";
import { readEvents } from "../support/events.ts";
import { openRouted, user } from "../support/routed.ts";
import { chunked, lastChunk, openaiText, type Step } from "../support/scripted-upstream.ts";

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
});
