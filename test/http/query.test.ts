import { expect, test } from "bun:test";
import { upTo } from "../../src/http/query.ts";

test.each([1, 9, 10, 99, 200, 500, 1000, 9999])("a number up to %d is that, and nothing else", (most) => {
  const { pattern = "", expected } = upTo(most);
  const numbers = new RegExp(pattern);
  const taken = Array.from({ length: 20_000 }, (_, number) => number).filter((number) => numbers.test(String(number)));
  expect([taken[0], taken.at(-1), taken.length]).toEqual([1, most, most]);
  for (const text of ["", "01", "+1", "1.0", "1e1", " 1", "1 ", "١"]) expect(numbers.test(text)).toBe(false);
  expect(expected).toBe(`a number from 1 to ${most}`);
});
