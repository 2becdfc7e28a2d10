import { expect, test } from "bun:test";
import { toDollars, toSize } from "../../src/ui/parts/amounts.ts";
import { toDay, toMoment, toMonth, toRecentMoment, toShortUtcDay, toUtcDay } from "../../src/ui/parts/moments.ts";
import { toDayName } from "../../src/ui/usage/periods.ts";

test("days and times are told in one way, by this device's clock", () => {
  const at = new Date(2026, 10, 8, 9, 5, 7);
  expect([toDay(at), toMoment(at), toMonth(at)]).toEqual(["8 Nov 2026", "8 Nov 2026, 09:05", "November 2026"]);
  expect(toMoment(at.toISOString())).toBe(toMoment(at.getTime()));
  expect(toRecentMoment(at, new Date(2026, 10, 8, 23).getTime())).toBe("09:05:07");
  expect(toRecentMoment(at, new Date(2026, 10, 9).getTime())).toBe("8 Nov 2026, 09:05");
});

test("days of usage are those of UTC", () => {
  expect([toUtcDay("2026-11-08"), toShortUtcDay("2026-11-08T23:59:59Z")]).toEqual(["8 Nov 2026", "8 Nov"]);
  expect(toDayName({ from: "2026-11-08", to: "2026-11-08" })).toBe("8 Nov");
  expect(toDayName({ from: "2025-12-30", to: "2026-01-05" }, true)).toBe("30 Dec to 5 Jan 2026");
});

test("sizes are told in the units of the limits", () => {
  const sizes = [0, 340, 1_234, 12_345_678, 8 * 1024 ** 2, 20 * 1024 ** 3];
  expect(sizes.map(toSize)).toEqual(["0 bytes", "340 bytes", "1.2 KiB", "12 MiB", "8 MiB", "20 GiB"]);
});

test("costs have two places from a cent on, and below it what tells them from nothing", () => {
  const costs = [0, 0.28, 1234.5, 0.01, 0.0142, 0.0042, 0.000012, 0.00000042];
  const told = ["$0", "$0.28", "$1,234.50", "$0.01", "$0.01", "$0.0042", "$0.000012", "$0.00000042"];
  expect(costs.map(toDollars)).toEqual(told);
});
