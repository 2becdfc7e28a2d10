import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openaiTurn } from "../support/calling-upstream.ts";
import { createPath, openCreate, refusalOf } from "../support/create.ts";
import { makeKey } from "../support/keys.ts";
import { answer, openaiText, openUpstream } from "../support/scripted-upstream.ts";
import { openSearching } from "../support/searching.ts";
import { page, type SmallWebContent } from "../support/small-web.ts";

const pages = {
  "/one": page("Page one", "The first page says apples."),
  "/two": page("Page two", "The second page says pears."),
};

let shared: Awaited<ReturnType<typeof openSearching>>;
beforeAll(async () => void (shared = await openSearching()));
afterAll(() => shared[Symbol.asyncDispose]());

/** A model that says this, and a search engine that finds two pages of a small site. */
function begin(said = "never", content: SmallWebContent = {}) {
  shared.begin(() => openaiText(said), { pages, ...content });
  const get = (query: Readonly<Record<string, string>> = {}) =>
    shared.app.get(createPath({ prompt: "Hello", model: "m", ...query }));
  return { ...shared, get, text: async (query: Readonly<Record<string, string>>) => (await get(query)).text() };
}

describe("provider=CachedSearch", () => {
  test("gives what a search finds, numbered, in order, and asks no model", async () => {
    const work = begin();
    const response = await work.get({ provider: "cachedsearch", prompt: "apples or pears", model: "" });
    expect([response.status, response.headers.get("content-type"), response.headers.get("x-provider")]).toEqual([
      200,
      "text/plain; charset=utf-8",
      "CachedSearch",
    ]);
    const text = await response.text();
    expect(text).toMatch(
      /^\[0\] [^\n]+\nhttp:\/\/127\.0\.0\.1:\d+\/one\n\n[^]*apples[^]*\n\n\n\[1\] [^\n]+\nhttp:\/\/127\.0\.0\.1:\d+\/two\n\n[^]*pears/,
    );
    expect(work.web.queries).toEqual(["apples or pears"]);
    expect(work.requests()).toEqual([]);
    expect(await (await work.app.get("/backend-api/v2/runs")).json()).toMatchObject([]);
  });

  test.each([
    ["another query", "another query"],
    ["true", "Hello"],
    ["false", "Hello"],
    ["auto", "Hello"],
  ])("searches with web_search=%s for %s", async (web_search, query) => {
    const work = begin();
    await work.text({ provider: "CachedSearch", web_search });
    expect(work.web.queries).toEqual([query]);
  });

  test("asks no engine for a key whose budget is spent: some engines are paid, too", async () => {
    using engine = openUpstream(() => answer(200, { results: [] }));
    const settings = { searxng_url: engine.origin, search_engines: ["searxng"] };
    // It takes 110 tokens.
    await using work = await openCreate((_, count) => openaiTurn({ text: "x" }, count), { settings });
    const ann = await makeKey(work.app, "ann", { tokens_per_day: 100 });
    await (await work.get({}, ann)).text();
    expect(await refusalOf(await work.get({ provider: "CachedSearch" }, ann))).toEqual([429, "budget_spent"]);
    expect(engine.requests).toEqual([]);
  });

  test("is 429 where as many searches are made as answers may be, until one ends", async () => {
    using engine = openUpstream(() => ["hang"]);
    const settings = { searxng_url: engine.origin, search_engines: ["searxng"], max_runs: 1 };
    await using work = await openCreate(() => openaiText("never"), { settings });
    const leaving = new AbortController();
    const first = work.get({ provider: "CachedSearch", prompt: "one" }, { signal: leaving.signal });
    first.catch(() => {});
    while (engine.requests.length === 0) await Bun.sleep(5);
    const second = await work.get({ provider: "CachedSearch", prompt: "two" });
    expect(second.headers.get("retry-after")).toBe("1");
    expect(await refusalOf(second)).toEqual([429, "too_many_runs"]);
    leaving.abort();
    await engine.requests[0]!.closed;
    const third = work.get({ provider: "CachedSearch", prompt: "three" });
    third.catch(() => {});
    while (engine.requests.length === 1) await Bun.sleep(5);
  });

  test("is 404 where nothing is found, 502 where no engine answers, 501 where there is none", async () => {
    const none = begin("never", { finds: [] });
    expect(await refusalOf(await none.get({ provider: "CachedSearch" }))).toEqual([404, "not_found"]);
    const failing = begin("never", { finds: 500 });
    expect(await refusalOf(await failing.get({ provider: "CachedSearch" }))).toEqual([502, "upstream_failed"]);
    await using without = await openCreate(() => openaiText("never"));
    expect(await refusalOf(await without.get({ provider: "CachedSearch" }))).toEqual([501, "not_offered"]);
  });
});

describe("a quick answer from the web", () => {
  test("is followed by its sources, which are no part of what a filter gives", async () => {
    const work = begin('{"a":1}');
    const whole = await work.text({ web_search: "true" });
    expect(whole).toMatch(/^\{"a":1\}\n{4}> \[0\] \[[^\n]+\]\([^\n]+\/one\)\n>\n> \[1\] /);
    expect(work.body(0).messages.at(-1).content).toContain("apples");
    expect(await work.text({ web_search: "true", json: "true" })).toBe('{"a":1}');
    expect(work.web.queries[0]).toBe("Hello");
  });

  test("holds what a model writes after what looks like the beginning of such a list", async () => {
    await using work = await openCreate(() => openaiText("\n\n\n\n> [0] [", "none\n```json\n1\n```"));
    expect(await work.text({ json: "json" })).toBe("1");
    await using one = await openCreate(() => openaiText("\n\n\n\n> [0] [none\n```json\n1\n```"));
    expect(await one.text({ json: "json" })).toBe("1");
  });
});
