import { describe, expect, test } from "bun:test";
import { rank, type Standing } from "../../src/routing/strategy.ts";
import { createRandom } from "../support/random.ts";

const createDraw = (seed = 1) => ({ random: createRandom(seed), credit: new Map<string, number>() });

const standing = (name: string, rest: Partial<Standing> = {}): Standing => ({
  key: name,
  weight: 1,
  busy: 0,
  latencyMs: undefined,
  pricing: undefined,
  ...rest,
});

const picks = 10_000;

/** How often each came first. */
function shares(list: readonly Standing[], strategy: Parameters<typeof rank>[1]): Record<string, number> {
  const draw = createDraw();
  const counts: Record<string, number> = {};
  for (let pick = 0; pick < picks; pick++) {
    const [first] = rank(list, strategy, draw);
    counts[first!.key] = (counts[first!.key] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count / picks]));
}

describe("a strategy", () => {
  test("weighted gives each its share within 3 % of it, however small, and keeps all others as fall-back", () => {
    const list = [standing("A", { weight: 70 }), standing("B", { weight: 29 }), standing("C", { weight: 1 })];
    const found = shares(list, "weighted");
    for (const [name, share] of [
      ["A", 0.7],
      ["B", 0.29],
      ["C", 0.01],
    ] as const)
      expect(Math.abs((found[name] ?? 0) - share) / share).toBeLessThan(0.03);
    const ranked = rank(list, "weighted", createDraw());
    expect(ranked.map(({ key }) => key).sort()).toEqual(["A", "B", "C"]);
  });

  test("cheapest always takes the cheapest, and one without a price last", () => {
    const list = [
      standing("unknown"),
      standing("dear", { pricing: { input: 3, output: 15 } }),
      standing("cheap", { pricing: { input: 0.25, output: 2 } }),
    ];
    expect(shares(list, "cheapest")).toEqual({ cheap: 1 });
    expect(rank(list, "cheapest", createDraw()).map(({ key }) => key)).toEqual(["cheap", "dear", "unknown"]);
  });

  test("lowest latency takes the better of two: the fastest most often, the slowest never, nobody for all", () => {
    const list = [100, 200, 300, 400].map((latencyMs) => standing(`${latencyMs}`, { latencyMs }));
    const found = shares(list, "lowest_latency");
    // Of the six pairs of four the fastest is in three, the second decides two, the third one.
    for (const [name, share] of [
      ["100", 1 / 2],
      ["200", 1 / 3],
      ["300", 1 / 6],
    ] as const)
      expect(Math.abs((found[name] ?? 0) - share) / share).toBeLessThan(0.06);
    expect(found["400"]).toBeUndefined();
  });

  test("lowest latency of two is the faster one, and one that is not known yet is tried", () => {
    expect(
      shares([standing("slow", { latencyMs: 90 }), standing("fast", { latencyMs: 10 })], "lowest_latency"),
    ).toEqual({ fast: 1 });
    expect(shares([standing("known", { latencyMs: 10 }), standing("new")], "lowest_latency")).toEqual({ new: 1 });
  });

  test("least busy takes the one with the fewest answers for its weight, the earlier of equals", () => {
    const list = [
      standing("A", { busy: 4, weight: 1 }),
      standing("B", { busy: 6, weight: 3 }),
      standing("C", { busy: 2 }),
    ];
    expect(rank(list, "least_busy", createDraw()).map(({ key }) => key)).toEqual(["B", "C", "A"]);
  });

  test("order leaves everything where it is", () => {
    const list = [standing("A", { busy: 9 }), standing("B")];
    expect(rank(list, "order", createDraw())).toEqual(list);
  });
});
