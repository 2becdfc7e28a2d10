import { describe, expect, test } from "bun:test";
import { createLog } from "../../src/lib/log.ts";
import { ApiError } from "../../src/protocol/errors.ts";
import { searchEngines } from "../../src/protocol/search.ts";
import type { SearchQuery } from "../../src/search/engine.ts";
import { createEngines } from "../../src/search/engines.ts";
import { createFirstAnswer } from "../../src/search/first-answer.ts";
import { createGuard } from "../../src/search/guard.ts";
import { createPages } from "../../src/search/page.ts";
import { createResolve } from "../../src/search/resolve.ts";
import { openPages } from "../support/pages.ts";
import { answer, openUpstream, type Script, type Step } from "../support/scripted-upstream.ts";
import { createEngineAt, readSearchFixture } from "../support/search-engines.ts";

const query: SearchQuery = { text: "solar cells", count: 3, region: undefined, safeSearch: "moderate" };
const signal = new AbortController().signal;

const fixtureSteps = (...which: Parameters<typeof readSearchFixture>): Step[] => {
  const { head, body } = readSearchFixture(...which);
  return [`${head}\r\ncontent-length: ${body.byteLength}\r\n\r\n`, body];
};

/** SearXNG, Brave and DuckDuckGo behind one address, each as its script says; the time is the test's. */
async function openThree(scripts: Readonly<Record<string, Script>>) {
  const upstream = openUpstream((request, count) => {
    const own = /^\/(\w+)/.exec(request.path)?.[1] ?? "";
    return scripts[own]?.(request, count) ?? answer(500, "");
  });
  const opened = await openPages(["127.0.0.1"]);
  const time = { now: 1_000_000 };
  const logged: string[] = [];
  const ids = ["searxng", "brave", "duckduckgo"] as const;
  const engines = createFirstAnswer(
    ids.map((id) => createEngineAt(id, opened.pages, upstream.origin)),
    () => time.now,
    createLog({ level: "warn", secrets: [], pretty: false, write: (line) => void logged.push(line) }),
  );
  return {
    engines,
    time,
    logged,
    askedOf: () => upstream.requests.map(({ path }) => /^\/(\w+)/.exec(path)?.[1]),
    async [Symbol.asyncDispose]() {
      upstream[Symbol.dispose]();
      await opened[Symbol.asyncDispose]();
    },
  };
}

describe("several engines", () => {
  test("are asked in their order until one finds something", async () => {
    await using three = await openThree({
      searxng: () => answer(500, ""),
      brave: () => fixtureSteps("brave", "empty"),
      duckduckgo: () => fixtureSteps("duckduckgo", "usual"),
    });
    expect(three.engines.names).toEqual(["SearXNG", "Brave", "DuckDuckGo"]);
    const { results, engine, failures } = await three.engines.search(query, signal, 10_000);
    expect([engine, results.length]).toEqual(["DuckDuckGo", 3]);
    expect(failures).toEqual([expect.stringMatching(/^SearXNG: 127\.0\.0\.1:\d+ answered 500$/)]);
    expect(three.askedOf()).toEqual(["searx", "brave", "duckduckgo"]);
  });

  test("are not asked on where the first one answers", async () => {
    await using three = await openThree({ searx: () => fixtureSteps("searxng", "usual") });
    expect((await three.engines.search(query, signal, 10_000)).engine).toBe("SearXNG");
    expect(three.askedOf()).toEqual(["searx"]);
  });

  test("that know of nothing give an empty list, also where others failed", async () => {
    await using three = await openThree({
      searx: () => fixtureSteps("searxng", "empty"),
      brave: () => fixtureSteps("brave", "empty"),
    });
    const { results, engine, failures } = await three.engines.search(query, signal, 10_000);
    expect({ results, engine, failed: failures.length }).toEqual({ results: [], engine: undefined, failed: 1 });
  });

  test("that all fail say why, each in a sentence", async () => {
    await using three = await openThree({
      searx: () => fixtureSteps("searxng", "no-json"),
      brave: () => fixtureSteps("brave", "key-refused"),
      duckduckgo: () => fixtureSteps("duckduckgo", "challenge"),
    });
    const thrown = await three.engines.search(query, signal, 10_000).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(ApiError);
    const { reason, message, retryAfterMs } = thrown as ApiError;
    expect([reason, retryAfterMs]).toEqual(["fetch_failed", undefined]);
    expect(message).toBe(
      "no search engine answered. SearXNG: it does not answer in JSON: add json to search.formats in its settings.yml. " +
        "Brave: its key was refused: check brave_api_key. " +
        "DuckDuckGo: it turns this machine away, as it does what it takes for a robot: try later, or set up another engine.",
    );
  });

  test("leave time for those after a silent one", async () => {
    await using three = await openThree({
      searx: () => ["hang"],
      brave: () => ["HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{", "hang"],
      duckduckgo: () => fixtureSteps("duckduckgo", "usual"),
    });
    const { engine, failures } = await three.engines.search(query, signal, 800);
    expect(engine).toBe("DuckDuckGo");
    expect(failures).toEqual(["SearXNG: no answer within 0.4 s", "Brave: no answer within 0.4 s"]);
    // A search costs nobody its time again for a while.
    const again = await three.engines.search(query, signal, 800);
    expect([again.engine, again.failures]).toEqual(["DuckDuckGo", []]);
  });

  test("give no answer when whoever asks has gone, but the reason for it", async () => {
    await using three = await openThree({ searx: () => ["hang"] });
    const controller = new AbortController();
    const asking = three.engines.search(query, controller.signal, 10_000);
    controller.abort(new Error("gone"));
    await expect(asking).rejects.toThrow("gone");
    await expect(three.engines.search(query, controller.signal, 10_000)).rejects.toThrow("gone");
  });

  test("pass over one that refused, for a minute, unless it is the last hope", async () => {
    let isDown = false;
    await using three = await openThree({
      searx: () => fixtureSteps("searxng", "limiter"),
      brave: () => (isDown ? answer(503, "") : fixtureSteps("brave", "usual")),
      duckduckgo: () => answer(500, ""),
    });
    const engineOf = async () => (await three.engines.search(query, signal, 10_000)).engine;
    expect(await engineOf()).toBe("Brave");
    expect(await engineOf()).toBe("Brave");
    expect(three.askedOf()).toEqual(["searx", "brave", "brave"]);
    // Another one answers in its place: the log is where its operator hears of it.
    expect(three.logged).toEqual([expect.stringContaining("SearXNG: it asks to wait")]);
    isDown = true;
    await expect(engineOf()).rejects.toThrow("no search engine answered");
    expect(three.askedOf().slice(3)).toEqual(["brave", "duckduckgo", "searx"]);
    isDown = false;
    three.time.now += 60_001;
    expect(await engineOf()).toBe("Brave");
    expect(three.askedOf().slice(6)).toEqual(["searx", "brave"]);
  });
});

describe("the engines of the settings", () => {
  const settings = { search_engines: searchEngines, searxng_url: "", brave_api_key: "", tavily_api_key: "" };
  const resolve = createResolve(["127.0.0.1:1"]);
  const toPages = (...allowedHosts: readonly string[]) =>
    createPages({ guard: createGuard({ allowedHosts, resolve }), userAgent: "Parley/test", silenceMs: 5000 });
  const log = createLog({ level: "silent", secrets: [], pretty: false });
  const parts = { toPages, clock: Date.now, log };

  test("are those that are set up, in the settings' order, each once", () => {
    const namesOf = (own: Partial<typeof settings> & { search_engines?: readonly (typeof searchEngines)[number][] }) =>
      createEngines({ ...settings, ...own }, parts).names;
    expect(namesOf({})).toEqual(["DuckDuckGo"]);
    expect(namesOf({ search_engines: [] as never })).toEqual([]);
    expect(namesOf({ search_engines: ["off", "duckduckgo"] as never })).toEqual([]);
    const all = { searxng_url: "http://127.0.0.1:1", brave_api_key: "b", tavily_api_key: "t" };
    expect(namesOf(all)).toEqual(["SearXNG", "Brave", "Tavily", "DuckDuckGo"]);
    expect(namesOf({ ...all, search_engines: ["tavily", "searxng", "tavily"] as never })).toEqual([
      "Tavily",
      "SearXNG",
    ]);
  });

  test("trust SearXNG's address alone: where it sends on to is judged", async () => {
    let hits = 0;
    using inside = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response(`inside ${++hits}`) });
    let location = "";
    using upstream = openUpstream(({ path }) =>
      location !== "" && path.startsWith("/search") ? answer(302, "", { location }) : fixtureSteps("searxng", "usual"),
    );
    const own = { ...settings, search_engines: ["searxng"] as never, searxng_url: upstream.origin };
    const engines = createEngines(own, parts);
    expect((await engines.search(query, signal, 5000)).engine).toBe("SearXNG");
    location = "/elsewhere";
    expect((await engines.search(query, signal, 5000)).engine).toBe("SearXNG");
    location = `http://127.0.0.1:${inside.port}/`;
    await expect(engines.search(query, signal, 5000)).rejects.toThrow(
      /SearXNG: 127\.0\.0\.1:\d+ is not fetched: it leads to an address that is not allowed/,
    );
    expect(hits).toBe(0);
  });
});
