import { expect, test } from "bun:test";
import { isAllowed, parseRobots } from "../../src/search/robots-rules.ts";

/** Which of the paths a robots.txt lets us read. */
async function allowed(text: string, ...paths: string[]): Promise<string[]> {
  const rules = await parseRobots(text, "parley");
  const judged = await Promise.all(paths.map((path) => isAllowed(rules, new URL(path, "https://site.test"))));
  return paths.filter((_, index) => judged[index]);
}

const all = ["/", "/private", "/private/open", "/other"];

test("rules for everybody are for us, and the longest that fits counts", async () => {
  const text = "User-agent: *\nDisallow: /private\nAllow: /private/open # but this\n";
  expect(await allowed(text, ...all)).toEqual(["/", "/private/open", "/other"]);
  expect(await allowed(text.replaceAll("\n", "\r"), ...all)).toEqual(["/", "/private/open", "/other"]);
  expect(await allowed(`\ufeff${text.toUpperCase().replaceAll("/PRIVATE", "/private")}`, "/private")).toEqual([]);
});

test("of two rules that are as long the one that allows counts", async () => {
  expect(await allowed("user-agent:*\ndisallow:/a\nallow:/a", "/a")).toEqual(["/a"]);
});

test("groups that name us, all of them, take the place of those for everybody", async () => {
  const text = `User-agent: *
Disallow: /

User-agent: SomeBot
User-agent: Parley/2.0
Disallow: /private

User-agent: parley
Crawl-delay: 10
Disallow: /other
Sitemap: https://site.test/sitemap.xml`;
  expect(await allowed(text, ...all)).toEqual(["/"]);
  expect(await allowed(`${text}\nUser-agent: ParleyBot\nDisallow: /`, ...all)).toEqual(["/"]);
  expect(await allowed("User-agent: parley\nDisallow:\n\nUser-agent: *\nDisallow: /", ...all)).toEqual(all);
});

test("a group goes on after lines that are none of its own, and rules before any group are nobody's", async () => {
  expect(
    await allowed("Disallow: /\nUser-agent: a\nSitemap: x\n\nUser-agent: *\nnonsense\nDisallow: /a", "/", "/a"),
  ).toEqual(["/"]);
});

test.each([
  ["/*.pdf$", ["/a.pdf", "/b/c.pdf"], ["/a.pdf?x", "/a.pdfs", "/a"]],
  ["/a*b*c", ["/abc", "/axbxcx"], ["/acb", "/a/b"]],
  ["/a$", ["/a"], ["/a/", "/ab", "/a?b"]],
  ["*/print", ["/print", "/a/print/b"], ["/prin"]],
  ["/*?id=", ["/?id=1", "/a?id=", "/a/b?id=2&c"], ["/a?xid=1", "/a"]],
  ["/a*a$", ["/aa", "/aba"], ["/a"]],
  ["/%7Ebob", ["/~bob", "/%7ebob/a"], ["/bob"]],
  ["/é", ["/%C3%A9", "/%c3%a9t%C3%A9"], ["/e"]],
  ["/a%2fb", ["/a%2Fb", "/a%2fb"], ["/a/b"]],
  ["/$", ["/"], ["/a"]],
  ["/a$b", ["/a$b"], ["/a"]],
  ["*", ["/", "/a"], []],
])("%s bars what it fits, and nothing else", async (pattern, barred, free) => {
  expect(await allowed(`user-agent: *\ndisallow: ${pattern}`, ...barred, ...free)).toEqual(free);
});

test.each(["", "\0\ufffd\x01:::", "<!doctype html><p>User-agent: *<br>Disallow: /", "disallow", ":", "user-agent:"])(
  "%p bars nothing",
  async (text) => {
    expect(await allowed(text, ...all)).toEqual(all);
  },
);

test("a file that was made to take long is read in steps, and others have their turns", async () => {
  const lines = Array.from({ length: 25_000 }, (_, index) => `Disallow: *a*a*ab${index % 9}`).join("\n");
  const long = "/" + "a".repeat(8000);
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  const rules = await parseRobots(`User-agent: *\n${lines}\nDisallow: ${"*a".repeat(5000)}b`, "parley");
  expect(await isAllowed(rules, new URL(long, "https://site.test"))).toBe(true);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(3);
});
