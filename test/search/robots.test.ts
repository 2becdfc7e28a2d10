import { afterAll, beforeAll, expect, test } from "bun:test";
import { article, openWeb, refusalOf, silence, type SitePage, type TestWeb } from "../support/site.ts";

const never = new AbortController().signal;
const robots =
  (text: string, status = 200): SitePage =>
  () =>
    new Response(text, { status });

let shared: TestWeb;
beforeAll(async () => void (shared = await openWeb()));
afterAll(() => shared[Symbol.asyncDispose]());

/** What comes of reading `/page` where robots.txt is this: its words, or why not. */
async function readWith(robots: SitePage | undefined, web = shared) {
  web.begin({ ...(robots && { "/robots.txt": robots }), "/page": article("lamps") });
  const reading = web.app.services.webSearch.read(web.toUrl("/page"), never);
  const said = await refusalOf(reading.then(({ text }) => Promise.reject(/lamps/.exec(text)?.[0])));
  return { said, asked: web.asked };
}

const left = "fetch_failed: SITE asks robots to leave this page alone, in its robots.txt";
const unknown =
  "fetch_failed: SITE is not read: it does not say what robots may read, its robots.txt could not be fetched";

test.each([
  ["that allows it", robots("User-agent: *\nDisallow: /other")],
  ["that is not there", undefined],
  ["that is refused", robots("Disallow: /", 403)],
  ["that asks to wait", robots("", 429)],
  ["that is a page", article("User-agent: * Disallow: /")],
  [
    "that is no text",
    () => new Response(new Uint8Array(1000).fill(0xff), { headers: { "content-type": "image/png" } }),
  ],
])("a page is read beside a robots.txt %s", async (_, page) => {
  expect(await readWith(page)).toEqual({
    said: "lamps",
    asked: ["GET site.test /robots.txt", "GET site.test /page"],
  });
});

test.each([
  ["that asks so", robots("User-agent: *\nDisallow: /pa"), left],
  ["that asks us so", robots("User-agent: parley\nDisallow: /\n\nUser-agent: *\nAllow: /"), left],
  ["that fails", robots("", 503), unknown],
  ["that keeps silent", silence, unknown],
])("a page is left alone beside a robots.txt %s, and is not asked for", async (_, page, said) => {
  expect(await readWith(page)).toEqual({ said, asked: ["GET site.test /robots.txt"] });
});

test("a robots.txt without end is read as far as it must be", async () => {
  const endless: SitePage = () => {
    const rest = new TextEncoder().encode("# and so on\n".repeat(1000));
    let isFirst = true;
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(isFirst ? new TextEncoder().encode("User-agent: *\nDisallow: /page\n") : rest);
        isFirst = false;
      },
    });
    return new Response(body);
  };
  expect((await readWith(endless)).said).toBe(left);
});

test("nobody is asked where the setting says so", async () => {
  await using web = await openWeb({ flags: { robots: "false" } });
  expect(await readWith(robots("User-agent: *\nDisallow: /"), web)).toEqual({
    said: "lamps",
    asked: ["GET site.test /page"],
  });
});

test("a site is asked once a day, and one that could not say a minute later", async () => {
  let now = Date.UTC(2026, 1, 1, 12);
  let status = 503;
  const site: Record<string, SitePage> = {
    "/robots.txt": () => new Response("User-agent: *\nDisallow: /no", { status }),
    "/a": article("a"),
    "/b": article("b"),
  };
  await using web = await openWeb({ site, clock: () => now });
  const read = (path: string) => web.app.services.webSearch.read(web.toUrl(path), never);
  const count = () => web.asked.filter((each) => each.endsWith("/robots.txt")).length;
  expect(await refusalOf(read("/a"))).toContain("could not be fetched");
  expect(await refusalOf(read("/b"))).toContain("could not be fetched");
  expect(count()).toBe(1);
  status = 200;
  now += 61_000;
  await read("/a");
  await read("/b");
  expect(await refusalOf(read("/no"))).toContain("leave this page alone");
  expect(count()).toBe(2);
  now += 86_400_000;
  await read("/a");
  expect(count()).toBe(3);
});

test("where a page leads is asked too, whoever is there", async () => {
  const { app, toUrl, begin, asked } = shared;
  begin({
    "/robots.txt": ({ headers }) =>
      new Response(headers.get("host")?.startsWith("other") ? "User-agent: *\nDisallow: /there" : ""),
    "/to-other": () => Response.redirect(toUrl("/there", "other.test")),
    "/to-own": () => Response.redirect(toUrl("/here", "other.test")),
    "/here": article("lamps"),
    "/there": article("lamps"),
  });
  const { read } = app.services.webSearch;
  expect(await refusalOf(read(toUrl("/to-other"), never))).toBe(left);
  expect((await read(toUrl("/to-own"), never)).url).toBe(toUrl("/here", "other.test"));
  expect(asked).not.toContain("GET other.test /there");
});
