import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  article,
  html,
  openWeb,
  refusalOf,
  silence,
  type SitePage,
  type TestWeb,
  type TestWebOptions,
} from "../support/site.ts";

const never = new AbortController().signal;

const flags = { robots: "false", search_timeout: "60" };
let shared: TestWeb;
beforeAll(async () => void (shared = await openWeb({ flags })));
afterAll(() => shared[Symbol.asyncDispose]());

type Content = Pick<TestWebOptions, "site" | "found">;

/** What is gathered under settings of its own. */
async function gatherWith(own: Readonly<Record<string, string>>, content: Content) {
  await using web = await openWeb({ flags: { ...flags, ...own } });
  return await gather(content, web);
}

/** What is gathered, by path, and what is noted meanwhile. */
async function gather({ site, found }: Content, web = shared) {
  web.begin(site, found);
  const notes: string[] = [];
  const note = (log: string) => void notes.push(log.replaceAll(/site\.test:\d+/g, "SITE"));
  const search = await web.app.services.webSearch.search("lamps", never);
  const pages = await search.readAll(never, note);
  return {
    pages: pages.map(({ url, ...rest }) => ({ path: new URL(url).pathname, ...rest })),
    notes,
    asked: web.asked,
  };
}

const paths = ({ pages }: Awaited<ReturnType<typeof gather>>) => pages.map(({ path }) => path);

test("what is found is read, in its order, under its own title", async () => {
  const gathered = await gather({ site: { "/a": article("Lamps"), "/b": article("Chairs") }, found: ["/b", "/a"] });
  expect(gathered).toMatchObject({
    pages: [
      { path: "/b", title: "Chairs" },
      { path: "/a", title: "Lamps" },
    ],
    notes: [],
  });
  for (const { text, title } of gathered.pages) expect(text).toContain(`${title} and more`);
});

test("of what cannot be read the engine's words are given, or nothing where it has none, and why is noted", async () => {
  const { pages, notes } = await gather({
    site: { "/a": article("Lamps"), "/image": () => new Response("", { headers: { "content-type": "image/png" } }) },
    found: [{ path: "/absent", snippet: "About what is absent" }, "/image", "/a"],
  });
  expect(pages.map(({ path, title }) => [path, title])).toEqual([
    ["/absent", "Result /absent"],
    ["/a", "Lamps"],
  ]);
  expect(pages[0]?.text).toBe("About what is absent");
  expect(notes.toSorted()).toEqual([
    "http://SITE/absent was not read: SITE answered 404",
    "http://SITE/image was not read: SITE sent something of a type that is of no use here",
  ]);
});

test("a page that hangs and one of 50 MB hold nobody up beyond the search's time", async () => {
  const large: SitePage = () =>
    new Response(new Uint8Array(50 * 1024 * 1024), { headers: { "content-type": "text/html" } });
  const startedAt = performance.now();
  const { pages, notes } = await gatherWith(
    { search_timeout: "10" },
    {
      site: { "/hangs": silence, "/large": large, "/a": article("Lamps"), "/b": article("Chairs") },
      found: [{ path: "/hangs", name: "other.test", snippet: "It hangs" }, "/large", "/a", "/b"],
    },
  );
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  expect(pages.map(({ path }) => path)).toEqual(["/hangs", "/a", "/b"]);
  expect(notes).toHaveLength(2);
});

test("where all pages hang the search ends with its time, and the engine's words", async () => {
  const hanging = { path: "/hangs", snippet: "It hangs" };
  const { pages, notes } = await gatherWith(
    { search_timeout: "1" },
    {
      site: { "/hangs": silence },
      found: [hanging],
    },
  );
  expect(pages).toEqual([{ path: "/hangs", title: "Result /hangs", text: "It hangs" }]);
  expect(notes).toEqual(["http://SITE/hangs was not read: the 1 s that a search may take were over (search_timeout)"]);
});

test("two results that are one page are one: by their address, by a redirect, by what the page calls itself", async () => {
  const named = html(
    `<article><h1>Lamps</h1><p>${"Words of lamps. ".repeat(40)}</p></article>`,
    '<link rel="canonical" href="/a">',
  );
  const gathered = await gather({
    site: { "/a": named, "/moved": ({ url }) => Response.redirect(url.replace("moved", "a")), "/print": named },
    found: ["/a", "/a?utm_source=x", "/a/", "/moved", "/print"],
  });
  expect(paths(gathered)).toEqual(["/a"]);
  expect(gathered.asked.filter((each) => /\/a(\/|\?.*)?$/.test(each))).toHaveLength(2);
});

test("all together have no more words than may be, each an equal share or all that it has", async () => {
  const { pages } = await gatherWith(
    { max_words: "1000" },
    {
      site: {
        "/short": html("<article><p>Few words here.</p></article>"),
        "/a": article("A", 4000),
        "/b": article("B", 4000),
      },
      found: ["/a", "/short", "/b"],
    },
  );
  const counts = pages.map(({ text }) => text.split(/\s+/).filter((word) => /\w/.test(word)).length);
  expect(counts[1]).toBe(3);
  for (const count of [counts[0]!, counts[2]!]) {
    expect(count).toBeGreaterThan(300);
    expect(count).toBeLessThan(500);
  }
});

test("what was found stays for the day; the next day the engine is asked again", async () => {
  let now = Date.UTC(2026, 1, 1, 12);
  let asked = 0;
  using engine = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => Response.json({ results: [{ url: `http://site.test/${++asked}`, title: "T", content: "c" }] }),
  });
  await using web = await openWeb({ site: {}, flags: { searxng_url: engine.url.href }, clock: () => now });
  const { search } = web.app.services.webSearch;
  const find = async (query: string) => (await search(query, never)).results;
  const [first] = await Promise.all([find("lamps"), find("lamps")]);
  expect(await find("lamps")).toEqual(first!);
  expect(asked).toBe(1);
  await find("chairs");
  expect(asked).toBe(2);
  now += 86_400_000;
  expect(await find("lamps")).not.toEqual(first!);
});

test("whoever leaves is let go at once, and a search without engines says so", async () => {
  const web = shared;
  web.begin({ "/hangs": silence }, ["/hangs"]);
  const leaving = new AbortController();
  const found = await web.app.services.webSearch.search("lamps", leaving.signal);
  const gathering = refusalOf(found.readAll(leaving.signal, () => {}));
  while (web.asked.length < 1) await Bun.sleep(1);
  leaving.abort(new Error("enough"));
  expect(await gathering).toBe("Error: enough");
  await using none = await openWeb({ site: {}, flags: { searxng_url: "" } });
  const { isOffered, engines, search } = none.app.services.webSearch;
  expect({ isOffered, engines }).toEqual({ isOffered: false, engines: [] });
  expect(await refusalOf(search("lamps", never))).toContain("no search engine is set up");
});
