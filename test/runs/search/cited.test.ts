import { expect, test } from "bun:test";
import { citedNumbers } from "../../../src/runs/search/cited.ts";

const sources = [
  [0, { url: "https://example.com/page", title: "" }],
  [1, { url: "https://www.example.org/a/?utm_source=x", title: "" }],
] as const;
const cited = (text: string) => [...citedNumbers(text, sources)];

test("a source is cited by its number, or by any of its addresses", () => {
  expect(cited("So it is [[1]](https://elsewhere.example).")).toEqual([1]);
  expect(cited("So it is [0].")).toEqual([0]);
  expect(cited("See https://example.org/a, and (http://example.com/page/).").toSorted()).toEqual([0, 1]);
});

test("the place of a list in code cites nothing", () => {
  expect(cited("names[1], f(x)[0], m[0][1]")).toEqual([]);
});
