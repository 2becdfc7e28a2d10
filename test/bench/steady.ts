/**
 * 100,000 operations of many kinds against one server: `bun test/bench/steady.ts [operations]`. What must be so: its memory
 * rises by less than 8 MiB in all of them, descriptors are what they were, and the last tenth is as fast as the first.
 */
import { readdirSync } from "node:fs";
import { openBench, readUsage } from "./processes.ts";

const operations = Number(Bun.argv[2] ?? 100_000);
const atOnce = 16;
/** Until then caches fill and code is compiled. */
const warmUp = 0.2;

using bench = await openBench();
const provider = { name: "Bench", type: "openai", base_url: `${bench.origin}/5/0`, api_key: "k", models: ["m"] };
// What is kept is kept on disk: only what memory holds is measured.
const { pid, port } = await bench.startWith({ providers: [provider] });
const origin = `http://127.0.0.1:${port}`;
const v2 = `${origin}/backend-api/v2`;

const json = (body: unknown, method = "POST"): RequestInit => ({ method, body: JSON.stringify(body) });
const messages = [{ role: "user", content: "What is new?" }];
const asked = { messages, model: "m", provider: "Bench" };
const form = () => {
  const made = new FormData();
  made.append("files", new Blob(["# A note\n\nof a few words\n"]), "note.md");
  return made;
};

/** Each with the statuses that it may be answered with; most of what goes wrong is part of it. */
const kinds: readonly (readonly [weight: number, of: (n: number) => readonly [string, RequestInit?], number[]])[] = [
  [20, () => [`${v2}/conversation`, json(asked)], [200]],
  [5, () => [`${v2}/conversation`, json({ ...asked, resumable: true })], [200]],
  [8, () => [`${origin}/v1/chat/completions`, json({ messages, model: "Bench/m", stream: true })], [200]],
  [5, () => [`${origin}/v1/messages`, json({ messages, model: "Bench/m", max_tokens: 100 })], [200]],
  [3, () => [`${v2}/create?prompt=hello&model=m&provider=Bench`], [200]],
  [8, (n) => [`${v2}/chat/share-${n % 50}`, json({ text: "x".repeat(2000) })], [200, 409]],
  [6, (n) => [`${v2}/chat/share-${n % 50}`], [200, 404]],
  [5, (n) => [`${v2}/memory/user-${n % 20}`, json({ memory: `likes number ${n % 500}` })], [200]],
  [3, (n) => [`${v2}/memory/user-${n % 20}?search=number`], [200]],
  [5, () => [`${v2}/usage`, json({ model: "m", provider: "Bench", total_tokens: 5 })], [200]],
  [5, () => [`${v2}/log`, json({ note: "n" })], [200]],
  [1, (n) => [`${v2}/files/bucket-${n % 10}`, { method: "POST", body: form() }], [200, 404, 409, 413]],
  [1, (n) => [`${v2}/files/bucket-${n % 10}`, { method: "DELETE" }], [200, 404]],
  [10, () => [`${v2}/models`], [200]],
  [8, () => [`${origin}/healthz`], [200]],
  [3, () => [`${v2}/nothing/here`], [404]],
  [3, () => [`${v2}/conversation`, { method: "POST", body: "{" }], [400]],
  [1, () => [`${v2}/stats?days=30`], [200]],
];
const turns = kinds.flatMap((kind) => Array.from({ length: kind[0] }, () => kind));

const descriptors = () => readdirSync(`/proc/${pid}/fd`).length;
const times = new Float64Array(operations);
const memory: { readonly at: number; readonly bytes: number }[] = [];
const wrong = new Map<string, number>();
let next = 0;

async function operate(n: number): Promise<void> {
  // Every kind in turn, not one after the other.
  const [, of, expected] = turns[(n * 37) % turns.length]!;
  const [address, init = {}] = of(n);
  const leaving = n % 20 === 0 && address.endsWith("/conversation") ? new AbortController() : undefined;
  const began = performance.now();
  try {
    const response = await fetch(address, { ...init, signal: leaving?.signal ?? null });
    if (!expected.includes(response.status)) count(`${response.status} ${address.replace(/\d+/g, "")}`);
    if (leaving) leaving.abort();
    else await response.arrayBuffer();
  } catch (thrown) {
    if (!leaving) count(String(thrown));
  }
  times[n] = performance.now() - began;
}

function count(what: string): void {
  wrong.set(what, (wrong.get(what) ?? 0) + 1);
}

async function work(): Promise<void> {
  while (next < operations) {
    const n = next++;
    if (n % Math.ceil(operations / 200) === 0) memory.push({ at: n, bytes: readUsage(pid).bytes });
    await operate(n);
  }
}

await fetch(`${origin}/healthz`);
const descriptorsBefore = descriptors();
const began = performance.now();
await Promise.all(Array.from({ length: atOnce }, work));
const seconds = (performance.now() - began) / 1000;
// Kept connections to the upstream, and the bench's own, go after a while.
for (let waits = 0; descriptors() > descriptorsBefore && waits < 90; waits++) await Bun.sleep(1000);

/** Bytes an operation, by least squares. */
function slope(points: typeof memory): number {
  const mean = (of: (point: (typeof memory)[number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [at, bytes] = [mean((point) => point.at), mean((point) => point.bytes)];
  return mean((point) => (point.at - at) * (point.bytes - bytes)) / mean((point) => (point.at - at) ** 2);
}

const p99 = (from: number, to: number) => {
  const sorted = times.slice(operations * from, operations * to).sort();
  return `${sorted[Math.floor(sorted.length * 0.99)]?.toFixed(1)} ms`;
};
const megabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
const warm = memory.filter(({ at }) => at >= operations * warmUp);
console.table([
  {
    figure: `memory in 100,000 operations, after the first ${operations * warmUp}`,
    value: megabytes(slope(warm) * 1e5),
  },
  {
    figure: "memory at the first and the last look",
    value: `${megabytes(memory[0]!.bytes)}, ${megabytes(memory.at(-1)!.bytes)}`,
  },
  { figure: "descriptors before and after", value: `${descriptorsBefore}, ${descriptors()}` },
  {
    figure: "p99 of the first tenth, the second and the last",
    value: `${p99(0, 0.1)}, ${p99(0.1, 0.2)}, ${p99(0.9, 1)}`,
  },
  { figure: "operations a second", value: Math.round(operations / seconds) },
  { figure: "answers that were not expected", value: JSON.stringify(Object.fromEntries(wrong)) },
]);
