import { expect, test } from "bun:test";
import { ownAddress } from "../../src/search/own-address.ts";

const found = "https://www.site.test/a?utm_source=x#c";

test.each([
  ["https://www.site.test/a", "https://www.site.test/a"],
  ["https://site.test/a#top", "https://site.test/a"],
  ["/b", "https://www.site.test/b"],
  ["https://m.site.test/a", "https://m.site.test/a"],
])("a page may call itself %s", (canonical, url) => {
  expect(ownAddress(new URL(found), canonical)).toBe(url);
});

test.each([
  undefined,
  "",
  "https://www.site.test/",
  "http://www.site.test/a",
  "https://bank.test/a",
  "https://site.test.evil.test/a",
  "https://www.site.test:8443/a",
  "https://user@www.site.test/a",
  "javascript:alert(1)",
  "data:text/html,x",
  "http://[",
])("a page that calls itself %p is called by where it was found", (canonical) => {
  expect(ownAddress(new URL(found), canonical)).toBe("https://www.site.test/a?utm_source=x");
});

test("a site's first page is called so", () => {
  expect(ownAddress(new URL("http://site.test/?a"), "https://site.test/")).toBe("https://site.test/");
});
