/**
 * What a million rows of usage cost: `bun test/bench/usage.ts [rows]`. How fast they come, how long statistics of a month
 * take over HTTP, against the smallest route there is, and how long others wait meanwhile.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { utcDay } from "../../src/lib/clock.ts";
import { openStore } from "../../src/store/index.ts";
import type { UsageRow } from "../../src/store/usage.ts";
import { createRandom } from "../support/random.ts";
import { openBench } from "./processes.ts";

const count = Number(Bun.argv[2] ?? 1_000_000);
const days = 30;
const atOnce = 100;

const draw = createRandom(1);
const upTo = (most: number) => Math.floor(draw() * most);
const percentile = (values: readonly number[], share: number) =>
  (values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? NaN).toFixed(2);
const summary = (values: readonly number[]) =>
  `median ${percentile(values, 0.5)} ms, p95 ${percentile(values, 0.95)} ms, most ${Math.max(...values).toFixed(2)} ms`;

function toRow(index: number): UsageRow {
  const prompt_tokens = upTo(4000);
  const completion_tokens = upTo(1000);
  // One day after the other, as rows come.
  const created_at = Date.now() - (days - 1 - Math.floor((index / count) * days)) * 86_400_000;
  return {
    run_id: `run_${index}_${upTo(1e9)}`,
    owner: "local",
    key_id: null,
    user: `user${upTo(1000)}`,
    created_at,
    day: utcDay(created_at),
    provider: `provider${upTo(5)}`,
    model: `model${upTo(20)}`,
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    saved_tokens: 0,
    cost: prompt_tokens / 1e6,
    details: "{}",
    outcome: "stop",
    error: null,
    duration_ms: 900,
    first_token_ms: 300,
  };
}

async function fill(directory: string): Promise<void> {
  await using store = openStore(directory);
  const startedAt = performance.now();
  const blocks: number[] = [];
  for (let from = 0; from < count; from += atOnce) {
    const rows = Array.from({ length: atOnce }, (_, index) => toRow(from + index));
    const askedAt = performance.now();
    await Promise.all(rows.map((row) => store.usage.insert(row)));
    blocks.push(performance.now() - askedAt);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(
    `${count} rows in ${seconds.toFixed(1)} s, ${Math.round(count / seconds)} a second; ${atOnce} at once: ${summary(blocks)}`,
  );
}

async function time(ask: () => Promise<unknown>, times: number): Promise<number[]> {
  const taken: number[] = [];
  for (let round = 0; round < times; round++) {
    const startedAt = performance.now();
    await ask();
    taken.push(performance.now() - startedAt);
  }
  return taken;
}

const directory = mkdtempSync(join(tmpdir(), "parley-bench-usage-"));
try {
  await fill(directory);
  using bench = await openBench();
  const { port } = await bench.startWith({}, directory);
  const origin = `http://127.0.0.1:${port}`;
  const get = (path: string) => fetch(origin + path).then((response) => response.text());
  const statsPath = "/backend-api/v2/stats?days=30";
  await time(() => get("/healthz"), 200);
  console.log(`the smallest route           ${summary(await time(() => get("/healthz"), 500))}`);
  console.log(`the first statistics         ${summary(await time(() => get(statsPath), 1))}`);
  console.log(`statistics of 30 days        ${summary(await time(() => get(statsPath), 200))}`);
  console.log(`the same of one user         ${summary(await time(() => get(`${statsPath}&user=user7`), 200))}`);

  const over = new AbortController();
  const others: number[] = [];
  const watch = (async () => {
    while (!over.signal.aborted) others.push(...(await time(() => get("/healthz"), 1)));
  })();
  const startedAt = performance.now();
  const [, text] = await Promise.all([
    time(() => get(statsPath), 50),
    get(`/backend-api/v2/usage/${utcDay(Date.now())}`),
  ]);
  const month = await fetch(`${origin}/backend-api/v2/usage?format=csv`);
  let bytes = 0;
  for await (const piece of month.body ?? []) bytes += piece.byteLength;
  over.abort();
  await watch;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(
    `a day of ${text.split("\n").length - 1} rows and a month of ${(bytes / 1e6).toFixed(0)} MB as a table in ${seconds} s`,
  );
  console.log(`others meanwhile             ${summary(others)}`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
