import { print, printError } from "../../src/lib/log.ts";
import { toTable } from "../../src/cli/table.ts";
import { keptKinds } from "../support/kept-writes.ts";
import { runKillCycles } from "../support/kill-cycles.ts";

/** `bun test/bench/kill.ts [cycles]`: kills a server that is written to from all sides, and counts what is not there then. */
const cycles = Number(process.argv[2] ?? 1000);

const { tallies, restartsMs, damage } = await runKillCycles({
  cycles,
  kinds: keptKinds,
  onCycle: (cycle) => cycle % 25 === 0 && printError(`${cycle} of ${cycles}\n`),
});

const rows = [...tallies].map(([name, { acknowledged, lost, torn, doubled }]) =>
  [name, acknowledged, lost, torn, doubled].map(String),
);
print(toTable(["KIND", "ACKNOWLEDGED", "LOST", "TORN", "DOUBLED"], rows));
const sorted = restartsMs.toSorted((a, b) => a - b);
const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
print(
  `${cycles} kills; databases damaged: ${damage.length}; restart p50 ${Math.round(middle)} ms, max ${Math.round(sorted.at(-1) ?? 0)} ms\n`,
);
const isWrong = damage.length > 0 || [...tallies.values()].some(({ lost, torn, doubled }) => lost + torn + doubled > 0);
process.exitCode = isWrong ? 1 : 0;
