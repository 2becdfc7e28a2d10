import { expect, test } from "bun:test";
import { createAtOnce } from "../../src/lib/at-once.ts";

test("what each has at once is counted for each alone, and nobody's is not", () => {
  const { of, enter } = createAtOnce();
  const [first, second, others] = [enter("ann"), enter("ann"), enter("bob")];
  enter(null)();
  expect([of("ann"), of("bob"), of("eve")]).toEqual([2, 1, 0]);
  first();
  others();
  expect([of("ann"), of("bob")]).toEqual([1, 0]);
  second();
  expect(of("ann")).toBe(0);
});
