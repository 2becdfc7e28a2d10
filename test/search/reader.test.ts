import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Zone } from "../support/name-server.ts";
import { article, html, openWeb, refusalOf, silence, type SitePage, type TestWeb } from "../support/site.ts";

const never = new AbortController().signal;
const noRobots = { robots: "false" };

let shared: TestWeb;
beforeAll(async () => void (shared = await openWeb({ flags: noRobots })));
afterAll(() => shared[Symbol.asyncDispose]());

async function readPage(answer: SitePage, site: Readonly<Record<string, SitePage>> = {}) {
  const { app, toUrl, begin, asked } = shared;
  begin({ "/page": answer, ...site });
  const reading = app.services.webSearch.read(toUrl("/page"), never);
  const failure = await refusalOf(reading);
  const page = failure.startsWith("no failure") ? await reading : undefined;
  return { page, failure, asked };
}

const chunks = (count: number, type = "text/html") =>
  new Response(
    new ReadableStream({
      pull(controller) {
        if (count-- > 0) controller.enqueue(new Uint8Array(1024 * 1024).fill(0x61));
        else controller.close();
      },
    }),
    { headers: { "content-type": type } },
  );

const tooLarge = { failure: "fetch_failed: what SITE sends is larger than 5242880 bytes" };

test("a page that says that it has 50 MB is not read, and one that does not say so is read no further than it may", async () => {
  const said = new Uint8Array(50 * 1024 * 1024);
  const headers = { "content-type": "text/html" };
  expect(await readPage(() => new Response(said, { headers }))).toMatchObject(tooLarge);
  expect(await readPage(() => chunks(50))).toMatchObject(tooLarge);
});

test("a page that hangs is given up", async () => {
  expect(await readPage(silence)).toMatchObject({ failure: "fetch_failed: SITE took longer than 4 s" });
});

test("a page that leads on and on is given up", async () => {
  const { failure, asked } = await readPage(({ url }) => Response.redirect(url));
  expect(failure).toBe("fetch_failed: SITE sends from one address to the next more than 5 times");
  expect(asked).toHaveLength(6);
});

test.each(["image/png", "video/mp4", "application/zip", "application/octet-stream", "text/css", "text/javascript"])(
  "what is %s is not read",
  async (type) => {
    const { failure } = await readPage(() => chunks(3, type));
    expect(failure).toBe("fetch_failed: SITE sent something of a type that is of no use here");
  },
);

test.each([
  ["text/plain", "Plain words"],
  ["application/json", '{"words":1}'],
  ["text/markdown", "# Words"],
  ["application/xml", "<a>words</a>"],
])("what is %s is read", async (type, body) => {
  const { page } = await readPage(() => new Response(body, { headers: { "content-type": type } }));
  expect(page?.text.toLowerCase()).toContain("words");
});

test("a page is called by the address that it was found at in the end, without what names a place in it", async () => {
  const to = ({ url }: Request) =>
    Response.redirect(new URL("/there?a=b#c", url).href.replace("127.0.0.1", "site.test"));
  const { page } = await readPage(to, { "/there": article("lamps") });
  expect(page?.url).toMatch(/^http:\/\/site\.test:\d+\/there\?a=b$/);
});

test("a page is asked for once a day, also by several at once, and one that leaves does not end it for the others", async () => {
  let now = Date.UTC(2026, 1, 1, 23, 59);
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const page: SitePage = async (request) => {
    await opened;
    return await article("lamps")(request);
  };
  await using web = await openWeb({ site: { "/page": page }, flags: noRobots, clock: () => now });
  const { read } = web.app.services.webSearch;
  const leaving = new AbortController();
  const first = refusalOf(read(web.toUrl("/page"), leaving.signal));
  const second = read(web.toUrl("/page#there"), never);
  while (web.asked.length < 1) await Bun.sleep(1);
  leaving.abort(new Error("enough"));
  expect(await first).toBe("Error: enough");
  open();
  expect(await second).toMatchObject({ url: web.toUrl("/page") });
  expect(await read(web.toUrl("/page"), never)).toEqual(await second);
  expect(web.asked).toHaveLength(1);
  now += 2 * 60_000;
  await read(web.toUrl("/page"), never);
  expect(web.asked).toHaveLength(2);
});

test("nothing goes on when all who wait have left", async () => {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const page: SitePage = (request) => {
    request.signal.addEventListener("abort", () => end());
    return silence(request);
  };
  const web = shared;
  web.begin({ "/page": page });
  const leaving = [new AbortController(), new AbortController()];
  const readings = leaving.map(({ signal }) => refusalOf(web.app.services.webSearch.read(web.toUrl("/page"), signal)));
  while (web.asked.length < 1) await Bun.sleep(1);
  for (const each of leaving) each.abort(new Error("enough"));
  expect(await Promise.all(readings)).toEqual(["Error: enough", "Error: enough"]);
  await ended;
});

test("of one host one page is asked for at a time, of several hosts at once", async () => {
  const slow: SitePage = async (request) => {
    await Bun.sleep(100);
    return await article(new URL(request.url).pathname)(request);
  };
  const paths = ["/a", "/b", "/c", "/d"];
  await using web = await openWeb({ site: Object.fromEntries(["/robots.txt", ...paths].map((path) => [path, slow])) });
  const names = ["site.test", "other.test"];
  const addresses = paths.flatMap((path) => names.map((name) => web.toUrl(path, name)));
  await Promise.all(addresses.map((address) => web.app.services.webSearch.read(address, never)));
  expect([...web.most]).toEqual(names.map((name) => [name, 1]));
  // Both began with what robots may read before either had answered.
  expect(web.asked.slice(0, 2).toSorted()).toEqual(["GET other.test /robots.txt", "GET site.test /robots.txt"]);
  expect(web.asked).toHaveLength(10);
});

test("whoever waits for a host's turn can leave, and is not in the way of the next", async () => {
  const web = shared;
  web.begin({ "/hangs": silence, "/page": article("lamps") });
  const { read } = web.app.services.webSearch;
  const first = refusalOf(read(web.toUrl("/hangs"), never));
  while (web.asked.length < 1) await Bun.sleep(1);
  expect(await refusalOf(read(web.toUrl("/other"), AbortSignal.timeout(50)))).toContain("TimeoutError");
  expect((await read(web.toUrl("/page"), never)).text).toContain("lamps");
  expect(await first).toContain("took longer");
});

/** Of `rebound.test` another address each second time. */
const zone: Zone = (name, type, count) => {
  if (type === "AAAA") return { addresses: [] };
  return { addresses: [name === "rebound.test" && count % 2 === 1 ? "93.184.216.34" : "127.0.0.1"] };
};

test.each(["true", "false"])(
  "a page is refused where its host is not allowed, whether robots are asked (%s)",
  async (robots) => {
    await using web = await openWeb({
      site: { "/page": html("<p>inside") },
      allowedHosts: [],
      zone,
      flags: { robots },
    });
    const { read } = web.app.services.webSearch;
    const port = new URL(web.toUrl("/")).port;
    for (const host of ["site.test", "127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"])
      expect(await refusalOf(read(`http://${host}:${port}/page`, never))).toStartWith("address_not_allowed: ");
    for (const address of ["file:///etc/hostname", "http://a:b@site.test/", "", "no address", "http://"])
      expect(await refusalOf(read(address, never))).toStartWith("address_not_allowed: ");
    // What it meant when it was judged is asked, where nobody is; what it means then is judged anew.
    const rebound = `http://rebound.test:${port}/page`;
    expect(await refusalOf(read(rebound, AbortSignal.timeout(1000)))).not.toStartWith("no failure");
    expect(await refusalOf(read(rebound, never))).not.toStartWith("no failure");
    expect(web.asked).toEqual([]);
  },
);

test("a page that is allowed leads nowhere that is not, and does not tell where", async () => {
  const web = shared;
  web.begin({
    "/to-name": () => Response.redirect(web.toUrl("/page", "inside.test")),
    "/to-address": () => Response.redirect(web.toUrl("/page", "127.0.0.1")),
    "/page": html("<p>inside"),
  });
  for (const path of ["/to-name", "/to-address"]) {
    const said = await refusalOf(web.app.services.webSearch.read(web.toUrl(path), never));
    expect(said).toBe("address_not_allowed: SITE is not fetched: it leads to an address that is not allowed");
  }
  expect(web.asked.filter((each) => each.endsWith("/page"))).toEqual([]);
});
