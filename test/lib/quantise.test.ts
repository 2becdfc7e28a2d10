import { expect, test } from "bun:test";
import fc from "fast-check";
import { differingBits, likeness, toBytes, toSigns } from "../../src/lib/quantise.ts";

const vector = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 300 });

test("signs differ where the numbers do", () => {
  fc.assert(
    fc.property(vector, vector, (one, other) => {
      const length = Math.min(one.length, other.length, 900);
      const [left, right] = [one.slice(0, length), other.slice(0, length)];
      const differing = left.filter((value, index) => value > 0 !== (right[index] ?? 0) > 0).length;
      expect(differingBits(toSigns(left), 0, toSigns(right), 0, Math.ceil(length / 32))).toBe(differing);
    }),
  );
});

test("all of 31 words can differ", () => {
  const ones = new Uint32Array(31).fill(0xffff_ffff);
  expect(differingBits(ones, 0, new Uint32Array(31), 0, 31)).toBe(31 * 32);
});

test("a vector is most like itself, and its opposite least", () => {
  fc.assert(
    fc.property(vector, (values) => {
      const bytes = toBytes(values);
      const own = likeness(bytes, bytes);
      expect(likeness(bytes, toBytes(values.map((value) => -value)))).toBeCloseTo(-own, 5);
      expect(own).toBeGreaterThanOrEqual(likeness(bytes, toBytes(values.toReversed())) - 1e-6);
    }),
  );
});

test("what is no direction is like nothing", () => {
  for (const values of [
    [0, 0],
    [NaN, 1],
    [Infinity, 1],
  ])
    expect(likeness(toBytes([1, 2]), toBytes(values))).toBe(0);
});
