/**
 * What it costs to find something among the memories of one user, by words alone and with vectors of 1,536 numbers:
 * `bun test/bench/memory.ts [memories] [rounds]`. Over HTTP, with the vector of the question from a server of this machine that
 * answers at once; for how long the event loop was held up; how many of the truly nearest are among the ten nearest that are
 * found; what it takes to add memories, and what the server's own memory grew by.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../src/store/index.ts";
import { openNearestMemories } from "../../src/store/memory-nearest.ts";
import { memorySpan } from "../../src/store/memory-users.ts";
import { Database } from "bun:sqlite";
import { file, readUsage } from "./processes.ts";

const [memories = 100_000, rounds = 200] = Bun.argv.slice(2).map(Number);
const dimensions = 1536;
const topicCount = 200;

let state = 1;
/** From 0 to 1, the same each time. */
function random(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

/** About as normal as it needs to be. */
const normal = () => random() + random() + random() + random() - 2;

/** Words as common as words are: the second half as often as the first, and so on. */
const word = () => `w${Math.floor(20_000 ** random()).toString(36)}x`;
const sentence = (words: number) => Array.from({ length: words }, word).join(" ");

/** As models give them: all lean to one side, those of a topic lie near each other, and no two are the same. */
const lean = Float32Array.from({ length: dimensions }, normal);
const topics = Array.from({ length: topicCount }, () => Float32Array.from({ length: dimensions }, normal));
function toVector(topic: number): number[] {
  const centre = topics[topic % topicCount];
  return Array.from(lean, (value, index) => 0.5 * value + (centre?.[index] ?? 0) + normal());
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const highest = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? NaN;

async function fill(directory: string): Promise<void> {
  await using store = openStore(directory);
  for (let from = 0; from < memories; from += 1000) {
    const rows = Array.from({ length: Math.min(1000, memories - from) }, (_, index) => ({
      memory_id: `mem_${from + index}`,
      text: JSON.stringify(`${sentence(14)} number${from + index}`),
      metadata: JSON.stringify({ topic: `t${(from + index) % 50}`, stars: (from + index) % 5 }),
      conversation_id: null,
      created_at: from + index,
      updated_at: from + index,
    }));
    await store.memories.add("local", "ann", rows, 1e12);
  }
}

async function read(directory: string): Promise<void> {
  await using store = openStore(directory);
  for (let count = 0; ;) {
    const unread = await store.memoryVectors.listUnread("A/m", 500);
    if (unread.length === 0) return;
    await store.memoryVectors.save(
      "A/m",
      unread.map((each) => ({ ...each, vector: toVector(count++) })),
    );
  }
}

/** Of the ten nearest by what is kept of the vectors, how many are found by their signs. */
function recall(directory: string): number {
  using database = new Database(join(directory, "parley.db"), { readonly: true, strict: true });
  const nearest = openNearestMemories(database);
  const user = { id: 1, base: memorySpan, shown: 2 * memorySpan };
  const shares = Array.from({ length: 20 }, (_, question) => {
    const meaning = { model: "A/m", vector: Float32Array.from(toVector(question)) };
    const all = new Set(nearest.rank(user, meaning, memories, undefined).slice(0, 10));
    return (
      nearest
        .rank(user, meaning, 100, undefined)
        .slice(0, 10)
        .filter((id) => all.has(id)).length / 10
    );
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

async function start(directory: string, upstream: string) {
  const { promise: begun, resolve } = Promise.withResolvers<string>();
  let answer = (_: number) => {};
  const child = Bun.spawn([process.execPath, file("memory-server.ts"), directory, upstream], {
    stderr: "inherit",
    ipc({ origin, longest }: { origin?: string; longest?: number }) {
      if (origin !== undefined) resolve(origin);
      else answer(longest ?? NaN);
    },
  });
  return {
    origin: await begun,
    pid: child.pid,
    /** The longest time that the loop was held up since it was last asked. */
    longest() {
      const { promise, resolve: resolveLongest } = Promise.withResolvers<number>();
      answer = resolveLongest;
      child.send("longest");
      return promise;
    },
    [Symbol.dispose]: () => child.kill("SIGKILL"),
  };
}

async function measure(directory: string, upstream: string): Promise<Record<string, string>[]> {
  using server = await start(directory, upstream);
  const address = `${server.origin}/backend-api/v2/memory/ann`;
  const ask = async (query: Record<string, string>) => {
    const answer = await fetch(`${address}?${new URLSearchParams(query)}`);
    const body = await answer.text();
    if (!answer.ok) throw new Error(body);
  };
  let number = 0;
  const post = async (count: number) => {
    const items = Array.from({ length: count }, () => ({ content: `${sentence(14)} new${number++}` }));
    await fetch(address, { method: "POST", body: JSON.stringify({ items }) }).then((answer) => answer.text());
  };
  const kinds: Record<string, () => Promise<unknown>> = {
    // What else the machine does holds the loop up, too.
    "nothing, 5 ms": () => Bun.sleep(5),
    "the smallest route": () => fetch(`${server.origin}/healthz`).then((answer) => answer.text()),
    "search, 6 words": () => ask({ search: sentence(6), limit: "10" }),
    "search, 20 words": () => ask({ search: sentence(20), limit: "10" }),
    "search, a rare word": () => ask({ search: `number${Math.floor(random() * memories)}`, limit: "10" }),
    "search, a word of nearly all": () => ask({ search: "w1x", limit: "10" }),
    "search, filtered": () => ask({ search: sentence(6), limit: "10", metadata: '{"topic":"t7"}' }),
    "list, the last page": () => ask({ page: String(Math.floor(memories / 100)) }),
    "list, filtered": () => ask({ filters: '{"stars":{"gte":3}}' }),
    "add one": () => post(1),
    "add 1,000": () => post(1000),
  };
  const before = readUsage(server.pid).bytes;
  const begun = performance.now();
  await ask({ search: "w1x" });
  const first = performance.now() - begun;
  console.log(`the first search took ${first.toFixed(0)} ms`);
  const rows: Record<string, string>[] = [];
  for (const [name, each] of Object.entries(kinds)) {
    const times: number[] = [];
    await each();
    await server.longest();
    for (let round = 0; round < (/filtered|1,000/.test(name) ? rounds / 10 : rounds); round++) {
      const startedAt = performance.now();
      await each();
      times.push(performance.now() - startedAt);
    }
    rows.push({
      "": name,
      "median, ms": median(times).toFixed(1),
      "95 %": highest(times).toFixed(1),
      "loop held up, ms": (await server.longest()).toFixed(1),
    });
  }
  console.log(`its memory grew by ${((readUsage(server.pid).bytes - before) / 1e6).toFixed(0)} MB`);
  return rows;
}

const directory = mkdtempSync(join(tmpdir(), "parley-bench-memory-"));
// Made before: whoever makes vectors takes its time, which is none of ours.
const answers = Array.from({ length: 50 }, (_, topic) =>
  JSON.stringify({ data: [{ index: 0, embedding: toVector(topic) }] }),
);
using upstream = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: () => new Response(answers[Math.floor(random() * answers.length)]),
});
try {
  await fill(directory);
  console.log(`${memories} memories of one user, by words`);
  console.table(await measure(directory, ""));
  await read(directory);
  console.log(`${(recall(directory) * 100).toFixed(0)} % of the ten nearest are found`);
  console.log("by words and by meaning");
  console.table(await measure(directory, `http://127.0.0.1:${upstream.port}`));
} finally {
  rmSync(directory, { recursive: true, force: true });
}
process.exit(0);
