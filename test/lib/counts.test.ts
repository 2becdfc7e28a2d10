import { expect, test } from "bun:test";
import { createCount, createDistribution, createSeries, observe } from "../../src/lib/counts.ts";

test("a number lies at a bound or below it, and what is less than nothing is nothing", () => {
  const distribution = createDistribution([1, 10]);
  for (const value of [-5, 0, 1, 1.5, 10, 11]) observe(distribution, value);
  expect(distribution.counts).toEqual([3, 2, 1]);
  expect(distribution.sum).toBe(23.5);
});

test("what comes when there are many already is counted together", () => {
  const series = createSeries(createCount, 2);
  for (const word of ["a", "b", "c", "d", "a"]) series.of(word, "x").value++;
  const told = series.list().map(({ words, cell }) => [...words, cell.value]);
  expect(told).toEqual([
    ["a", "x", 2],
    ["b", "x", 1],
    ["other", "other", 2],
  ]);
});
