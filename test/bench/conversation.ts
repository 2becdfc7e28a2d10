/**
 * What an answer through Parley costs, against floors measured in the same run: `npm run bench`.
 * Each figure is the median of several rounds, the contenders in turn, so that a noisy machine is noisy for all.
 */
import { ask, median, type Seen } from "./asking.ts";
import { file, openBench, type Scenario } from "./processes.ts";

const rounds = Number(Bun.argv[2] ?? 5);
using bench = await openBench();
const { origin } = bench;
const floor = await bench.start([file("floor.ts"), origin], { BUN_CONFIG_MAX_HTTP_REQUESTS: "16384" });

const body = JSON.stringify({ provider: "Bench", model: "m", messages: [{ role: "user", content: "Hello" }] });

const theirs = '"delta":{"content"';
const ours = "event: content";

async function compare(scenario: Scenario, streams: number, answers: number, staggerMs: number) {
  const parley = await bench.startParley(scenario);
  const path = `${scenario.pieces}/${scenario.gapMs}/chat/completions`;
  const contenders = {
    direct: [`${origin}/${path}`, theirs],
    pass: [`http://127.0.0.1:${floor.port}/pass/${path}`, theirs],
    transform: [`http://127.0.0.1:${floor.port}/transform/${path}`, ours],
    parley: [`http://127.0.0.1:${parley.port}/backend-api/v2/conversation`, ours],
  } as const;
  const seen: Record<string, Seen[]> = { direct: [], pass: [], transform: [], parley: [] };
  for (let round = 0; round <= rounds; round++) {
    for (const [name, [address, mark]] of Object.entries(contenders)) {
      const one = await ask({ address, body, mark, streams, answers, staggerMs });
      const expected = scenario.pieces * streams * answers;
      if (one.events !== expected) throw new Error(`${name}: ${one.events} events instead of ${expected}`);
      // The first round warms up.
      if (round > 0) seen[name]?.push(one);
    }
  }
  process.kill(parley.pid);
  const first = (name: string) => median(seen[name]?.flatMap(({ firstMs }) => firstMs) ?? []);
  const rate = (name: string) => median(seen[name]?.map(({ events, seconds }) => events / seconds) ?? []);
  return { first, rate };
}

const rows: Record<string, string>[] = [];
for (const streams of [1, 100]) {
  const { first } = await compare({ pieces: 20, gapMs: 20 }, streams, streams === 1 ? 20 : 3, 7);
  rows.push({
    figure: `time to first token, ${streams} stream${streams > 1 ? "s" : ""}`,
    parley: `${first("parley").toFixed(2)} ms`,
    floor: `${first("direct").toFixed(2)} ms direct`,
    result: `+${(first("parley") - first("direct")).toFixed(2)} ms`,
    transform: `+${(first("transform") - first("direct")).toFixed(2)} ms`,
  });
}
for (const [streams, gapMs] of [
  [1, 0],
  [100, 0],
  [100, 20],
] as const) {
  const { rate } = await compare({ pieces: gapMs === 0 ? 2000 : 100, gapMs }, streams, 1, 0);
  rows.push({
    figure: `events/s, ${streams} stream${streams > 1 ? "s" : ""}, ${gapMs === 0 ? "flat out" : `one every ${gapMs} ms`}`,
    parley: rate("parley").toFixed(0),
    floor: `${rate("pass").toFixed(0)} bytes passed on`,
    result: `${(rate("parley") / rate("pass")).toFixed(2)} ×`,
    transform: `${(rate("transform") / rate("pass")).toFixed(2)} ×`,
  });
}
console.table(rows);
