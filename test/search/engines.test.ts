import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { searchEngines } from "../../src/protocol/search.ts";
import { ApiError } from "../../src/protocol/errors.ts";
import { createSearxng } from "../../src/search/engines/searxng.ts";
import type { SearchQuery } from "../../src/search/engine.ts";
import { openPages } from "../support/pages.ts";
import { answer, openUpstream, type RecordedRequest, type Script, type Step } from "../support/scripted-upstream.ts";
import { createEngineAt, engineKey, readSearchFixtures, type SearchFixture } from "../support/search-engines.ts";

/** What became of a question to one engine that is played by a script, and what reached that. */
async function ask(id: (typeof searchEngines)[number], query: SearchQuery, script: Script) {
  using upstream = openUpstream(script);
  await using opened = await openPages(["127.0.0.1"]);
  const engine = createEngineAt(id, opened.pages, upstream.origin);
  const found = await engine.search(query, new AbortController().signal).catch((thrown: unknown) => thrown);
  const { host } = new URL(upstream.origin);
  const failure = found instanceof ApiError ? found : undefined;
  return { found, failure, said: failure?.message.replace(host, "HOST"), requests: upstream.requests };
}

function play({ head, body }: SearchFixture, length = body.byteLength): Step[] {
  const whole = /content-length/i.test(head) ? "" : `content-length: ${body.byteLength}\r\n`;
  return [`${head}\r\n${whole}\r\n`, body.subarray(0, length), ...(length < body.byteLength ? ["close" as const] : [])];
}

function toAsked({ method, path, headers, body }: RecordedRequest) {
  const url = new URL(path, "http://engine.test");
  return {
    method,
    path: url.pathname,
    parameters: Object.fromEntries(url.searchParams),
    headers,
    ...(body !== "" && { body: JSON.parse(body) }),
  };
}

const fixtures = readSearchFixtures();
const question: SearchQuery = { text: "solar cells", count: 5, region: undefined, safeSearch: "moderate" };

describe("an engine's answer", () => {
  for (const fixture of fixtures)
    test(`${fixture.engine}/${fixture.name} becomes what the fixture says`, async () => {
      const { found, failure, said, requests } = await ask(fixture.engine, fixture.query, () => play(fixture));
      expect({ results: failure ? undefined : found, said }).toEqual({
        results: fixture.results,
        said: fixture.failure,
      });
      expect(failure?.reason).toBe(fixture.failure === undefined ? undefined : "fetch_failed");
      if (fixture.rests !== undefined) expect((failure?.retryAfterMs ?? 0) > 0).toBe(fixture.rests);
      expect(requests).toHaveLength(1);
      const { headers, ...asked } = fixture.asked ?? {};
      if (fixture.asked) expect(toAsked(requests[0]!)).toMatchObject({ ...asked, ...(headers && { headers }) });
      if (fixture.asked) expect(toAsked(requests[0]!).parameters).toEqual(fixture.asked.parameters);
      if (fixture.asked) expect(toAsked(requests[0]!).body).toEqual(fixture.asked.body);
    });

  test("that breaks off is a failure that names the engine, wherever it does", async () => {
    for (const fixture of fixtures.filter(({ name }) => name === "usual"))
      for (const part of [0, 1, 0.25, 0.5, 0.75, fixture.body.byteLength - 1]) {
        const length = Math.floor(part < 1 ? fixture.body.byteLength * part : part);
        const { failure, said } = await ask(fixture.engine, question, () => play(fixture, length));
        expect(failure?.reason).toBe("fetch_failed");
        expect(said).toMatch(/^(SearXNG|Brave|Tavily|DuckDuckGo): HOST broke off/);
      }
  });

  test("never throws anything but an error of ours that names it and no key, however odd it is", async () => {
    const odd = fc.oneof(
      fc.json(),
      fc.jsonValue().map((value) => JSON.stringify({ results: [value], type: "search", web: { results: [value] } })),
      fc
        .dictionary(fc.constantFrom("url", "title", "content", "description"), fc.oneof(fc.webUrl(), fc.jsonValue()))
        .map((each) => JSON.stringify({ results: [each, each], web: { results: [each] } })),
      fc
        .array(
          fc.constantFrom(
            "<div class=result>",
            "<a class=result__a href='//duckduckgo.com/l/?uddg=",
            "%",
            "'>",
            "&#x",
            "<a class=result__snippet>",
            "</a>",
            "</div>",
            "<!--",
            "<script>",
            "<div id=links>",
            "http://[",
            "\0",
            "<b>",
            "word",
          ),
        )
        .map((pieces) => pieces.join("")),
      fc.string(),
    );
    const status = fc.constantFrom(200, 200, 200, 202, 204, 301, 400, 401, 403, 422, 429, 432, 500, 503);
    let next: Step[] = [];
    using upstream = openUpstream(() => next);
    await using opened = await openPages(["127.0.0.1"]);
    const engines = searchEngines.map((id) => createEngineAt(id, opened.pages, upstream.origin));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...engines), odd, status, async (engine, body, code) => {
        next = answer(code, body);
        const found = await engine.search(question, new AbortController().signal).catch((thrown: unknown) => thrown);
        if (Array.isArray(found)) {
          for (const { url, title, snippet } of found) {
            expect(URL.parse(url)?.protocol).toMatch(/^https?:$/);
            expect(`${title}${snippet}`).not.toMatch(/[\n\r\0]/);
          }
          return;
        }
        expect(found).toBeInstanceOf(ApiError);
        const { reason, message } = found as ApiError;
        expect(reason).toBe("fetch_failed");
        expect(message).toStartWith(`${engine.name}: `);
        expect(message).not.toContain(engineKey);
      }),
      { numRuns: 400 },
    );
  });
});

describe("a question", () => {
  const parametersOf = async (id: (typeof searchEngines)[number], query: Partial<SearchQuery>) => {
    const { requests } = await ask(id, { ...question, ...query }, () => answer(200, "{}"));
    const { parameters, body } = toAsked(requests[0]!);
    return { ...parameters, ...(body as Record<string, string>) };
  };

  test("is cut to whole words, as many as the engine takes", async () => {
    const text = Array.from({ length: 200 }, (_, index) => `word${index}`).join("  \n");
    expect((await parametersOf("brave", { text })).q?.split(" ")).toHaveLength(50);
    const { query } = await parametersOf("tavily", { text });
    expect(query!.length).toBeLessThanOrEqual(400);
    expect(text.split(/\s+/)).toContain(query!.split(" ").at(-1)!);
    const { q } = await parametersOf("duckduckgo", { text: `${"𝒳".repeat(400)} end` });
    expect(q).toBe("𝒳".repeat(249));
    expect((await parametersOf("searxng", { text: "a&b=c #d" })).q).toBe("a&b=c #d");
  });

  test("names language and country in the words of each engine", async () => {
    const regions = ["ja-JP", "pt-BR", "zh-TW", "fr-CA", "xx-YY"];
    const all = await Promise.all(
      regions.map(async (region) => ({
        searxng: (await parametersOf("searxng", { region })).language,
        brave: await parametersOf("brave", { region }).then((each) => `${each.country} ${each.search_lang}`),
        tavily: (await parametersOf("tavily", { region })).country,
        duckduckgo: (await parametersOf("duckduckgo", { region })).kl,
      })),
    );
    expect(all).toEqual([
      { searxng: "ja-JP", brave: "JP jp", tavily: "japan", duckduckgo: "jp-jp" },
      { searxng: "pt-BR", brave: "BR pt-br", tavily: "brazil", duckduckgo: "br-pt" },
      { searxng: "zh-TW", brave: "TW zh-hant", tavily: "taiwan", duckduckgo: "tw-tzh" },
      { searxng: "fr-CA", brave: "CA fr", tavily: "canada", duckduckgo: "ca-fr" },
      { searxng: "xx-YY", brave: "ALL undefined", tavily: undefined, duckduckgo: "yy-xx" },
    ] as unknown as typeof all);
  });

  test("reaches SearXNG however its address is written", async () => {
    using upstream = openUpstream(() => answer(200, { results: [] }));
    await using opened = await openPages(["127.0.0.1"]);
    for (const end of ["", "/", "/search", "/search/", "/x", "/x/", "/x/search"]) {
      const engine = createSearxng({ pages: opened.pages, address: upstream.origin + end });
      expect(await engine.search(question, new AbortController().signal)).toEqual([]);
    }
    const paths = upstream.requests.map(({ path }) => path.split("?")[0]);
    expect(paths).toEqual(["/search", "/search", "/search", "/search", "/x/search", "/x/search", "/x/search"]);
  });
});
