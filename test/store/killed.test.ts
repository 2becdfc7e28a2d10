import { expect, test } from "bun:test";
import { keptKinds } from "../support/kept-writes.ts";
import { runKillCycles } from "../support/kill-cycles.ts";

/** A sample: `test/bench/kill.ts` does a thousand. */
const cycles = 6;

test(`killed ${cycles} times while it is written to from all sides, the server has all that it acknowledged, once and whole`, async () => {
  const { tallies, damage } = await runKillCycles({ cycles, kinds: keptKinds });
  for (const [name, { acknowledged, ...wrong }] of tallies) {
    expect([name, wrong]).toEqual([name, { lost: 0, torn: 0, doubled: 0 }]);
    expect(acknowledged).toBeGreaterThan(cycles);
  }
  expect(damage).toEqual([]);
}, 300_000);
