import { expect, test } from "bun:test";
import { toCanonical } from "../../src/search/canonical.ts";

test("addresses of one page are one, those of two are not", () => {
  const same = ["http://www.example.com/a//?b=2&utm_source=x&a=1&gclid=y#part", "https://example.com./a?a=1&b=2"];
  expect(new Set(same.map(toCanonical))).toEqual(new Set(["https://example.com/a?a=1&b=2"]));
  const others = ["/", "/a?a=1", "/a?a=1&a=2", "/a?a=2&a=1", "/A?a=1", "//a?a=1"];
  expect(new Set(others.map((path) => toCanonical(`https://example.com${path}`))).size).toBe(others.length);
});

test("an address that is nothing but slashes or trackers is read at once", () => {
  const from = performance.now();
  toCanonical(`https://example.com/${"/".repeat(2 ** 20)}x`);
  toCanonical(`https://example.com/?${Array.from({ length: 20_000 }, (_, index) => `utm_${index}=1`).join("&")}`);
  expect(performance.now() - from).toBeLessThan(1000);
});
