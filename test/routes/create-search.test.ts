import { describe, expect, test } from "bun:test";
import { openCreate, refusalOf } from "../support/create.ts";
import { answer, openaiText, openUpstream } from "../support/scripted-upstream.ts";

const page = (title: string, text: string) =>
  `<!doctype html><title>${title}</title><article><h1>${title}</h1><p>${`${text} `.repeat(20)}</p></article>`;

/** A search engine that finds two pages of a small site. */
async function open(find = true, said = "never") {
  const site = openUpstream(({ path }) => {
    if (path === "/one") return answer(200, page("Page one", "The first page says apples."));
    return path === "/two" ? answer(200, page("Page two", "The second page says pears.")) : answer(404, "");
  });
  // On a busy machine a page may take too long: then what the engine shows of it stands for it.
  const results = ["one", "two"].map((name, index) => ({
    url: `${site.origin}/${name}`,
    title: `About ${name}`,
    content: ["Of apples.", "Of pears."][index],
  }));
  const engine = openUpstream(() => answer(200, { results: find ? results : [] }));
  const host = new URL(site.origin).host;
  const work = await openCreate(() => openaiText(said), {
    settings: { searxng_url: engine.origin, search_engines: ["searxng"], allowed_hosts: [host], search_timeout: 60 },
  });
  return {
    ...work,
    site,
    engine,
    async [Symbol.asyncDispose]() {
      await work[Symbol.asyncDispose]();
      for (const each of [site, engine]) each[Symbol.dispose]();
    },
  };
}

const queries = (requests: readonly { path: string }[]) =>
  requests.map(({ path }) => new URL(path, "http://x").searchParams.get("q")).filter((query) => query !== null);

describe("provider=CachedSearch", () => {
  test("gives what a search finds, numbered, in order, and asks no model", async () => {
    await using work = await open();
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
    expect(queries(work.engine.requests)).toEqual(["apples or pears"]);
    expect(work.upstream.requests).toEqual([]);
    expect(await (await work.app.get("/backend-api/v2/runs")).json()).toMatchObject([]);
  });

  test.each([
    ["another query", "another query"],
    ["true", "Hello"],
    ["false", "Hello"],
    ["auto", "Hello"],
  ])("searches with web_search=%s for %s", async (web_search, query) => {
    await using work = await open();
    await work.text({ provider: "CachedSearch", web_search });
    expect(queries(work.engine.requests)).toEqual([query]);
  });

  test("is 404 where nothing is found, 502 where no engine answers, 501 where there is none", async () => {
    await using none = await open(false);
    expect(await refusalOf(await none.get({ provider: "CachedSearch" }))).toEqual([404, "not_found"]);
    using broken = openUpstream(() => answer(500, {}));
    const settings = { searxng_url: broken.origin, search_engines: ["searxng"] };
    await using failing = await openCreate(() => openaiText("never"), { settings });
    expect(await refusalOf(await failing.get({ provider: "CachedSearch" }))).toEqual([502, "upstream_failed"]);
    await using without = await openCreate(() => openaiText("never"), { settings: { search_engines: ["searxng"] } });
    expect(await refusalOf(await without.get({ provider: "CachedSearch" }))).toEqual([501, "not_offered"]);
  });
});

describe("a quick answer from the web", () => {
  test("is followed by its sources, which are no part of what a filter gives", async () => {
    await using work = await open(true, '{"a":1}');
    const whole = await work.text({ web_search: "true" });
    expect(whole).toMatch(/^\{"a":1\}\n{4}> \[0\] \[[^\n]+\]\([^\n]+\/one\)\n>\n> \[1\] /);
    expect(JSON.parse(work.upstream.requests[0]!.body).messages.at(-1).content).toContain("apples");
    expect(await work.text({ web_search: "true", json: "true" })).toBe('{"a":1}');
    expect(queries(work.engine.requests)[0]).toBe("Hello");
  });
});
