import { expect, test } from "bun:test";
import { createRates } from "../../src/lib/rate.ts";

const open = () => {
  const time = { now: 1_700_000_000_000 };
  return { time, rates: createRates(() => time.now, 3) };
};

test("so many may come at once as in a minute, and from then on as fast as they come back", () => {
  const { time, rates } = open();
  for (let left = 6; left >= 0; left--)
    expect(rates.take("a", 7)).toMatchObject({ isAllowed: true, limit: 7, left, retryMs: 0 });
  const refused = rates.take("a", 7);
  expect(refused).toMatchObject({ isAllowed: false, left: 0 });
  expect(refused.retryMs).toBeCloseTo(60_000 / 7, 0);
  expect(refused.resetMs).toBeCloseTo(60_000, 0);
  expect(rates.take("b", 7).isAllowed).toBe(true);
  time.now += Math.ceil(refused.retryMs);
  expect([rates.take("a", 7).isAllowed, rates.take("a", 7).isAllowed]).toEqual([true, false]);
  time.now += 60_000;
  expect(rates.take("a", 7).left).toBe(6);
});

test("of a minute's worth no more is let through in any minute than twice as much, and in the long run no more than it", () => {
  const { time, rates } = open();
  let count = 0;
  for (const end = time.now + 600_000; time.now < end; time.now += 50) if (rates.take("a", 60).isAllowed) count++;
  expect(count).toBeGreaterThanOrEqual(659);
  expect(count).toBeLessThanOrEqual(660);
});

test("a clock that is set back, or another limit, keeps nobody out for long", () => {
  const { time, rates } = open();
  while (rates.take("a", 60).isAllowed);
  time.now -= 86_400_000;
  expect(rates.take("a", 60).retryMs).toBeLessThanOrEqual(1000);
  time.now += 1_000;
  expect(rates.take("a", 60).isAllowed).toBe(true);
  expect(rates.take("a", 1).retryMs).toBeLessThanOrEqual(60_000);
});

test("those that asked longest ago are forgotten", () => {
  const { rates } = open();
  rates.take("a", 1);
  expect(rates.take("a", 1).isAllowed).toBe(false);
  for (const key of ["b", "c", "d"]) rates.take(key, 1);
  expect(rates.take("a", 1).isAllowed).toBe(true);
});
