/**
 * A server of 512 MB is asked questions of 7 MB that nobody answers, until it refuses them: `bun test/bench/overload.ts`.
 * Then whoever asked leaves. What must be so: memory stays below the limit, refusals and `/healthz` take milliseconds, and
 * work is taken again.
 */
import { openBench, readUsage } from "./processes.ts";

const maxMemory = 512 * 1024 * 1024;
const megabytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`;
const middle = (all: number[]) => `${all.sort((a, b) => a - b)[all.length >> 1]?.toFixed(1)} ms`;
const highest = (all: number[]) => `${Math.max(...all).toFixed(1)} ms`;

using bench = await openBench();
// Its first piece comes after a minute.
const silent = { name: "Bench", type: "openai", base_url: `${bench.origin}/10/60000`, api_key: "k", models: ["m"] };
const { pid, port } = await bench.startWith({ max_memory: maxMemory, providers: [silent] });
const origin = `http://127.0.0.1:${port}`;

const large = "x".repeat(7_000_000);
const body = (content: string) =>
  JSON.stringify({ messages: [{ role: "user", content }], model: "m", provider: "Bench" });
const question = body(large);
const ask = (text: string, signal: AbortSignal | null = null) =>
  fetch(`${origin}/backend-api/v2/conversation`, { method: "POST", body: text, signal });

const healthMs: number[] = [];
let mostBytes = 0;
const timer = setInterval(async () => {
  mostBytes = Math.max(mostBytes, readUsage(pid).bytes);
  const began = performance.now();
  // The last may find the server gone.
  const response = await fetch(`${origin}/healthz`).catch(() => undefined);
  await response?.text();
  healthMs.push(performance.now() - began);
}, 20);

const leaving = new AbortController();
let taken = 0;
for (let status = 200; status === 200 && taken < 1000; taken++) ({ status } = await ask(question, leaving.signal));
const refusedMs: number[] = [];
for (let count = 0; count < 200; count++) {
  const began = performance.now();
  const response = await ask(count % 2 === 0 ? question : body("short"), leaving.signal);
  if (response.status !== 503) {
    // What could be collected made room meanwhile.
    taken++;
    continue;
  }
  await response.text();
  refusedMs.push(performance.now() - began);
}
const ready = await fetch(`${origin}/readyz`);
const held = readUsage(pid).bytes;

const leftAt = performance.now();
leaving.abort();
for (let status = 503; status === 503; await Bun.sleep(20)) {
  const trial = new AbortController();
  ({ status } = await ask(body("short"), trial.signal));
  trial.abort();
}
const backMs = performance.now() - leftAt;
clearInterval(timer);

console.table([
  { figure: "questions of 7 MB that were taken", value: taken - 1 },
  { figure: "refused, of 200 more", value: refusedMs.length },
  { figure: "memory of its own: while it refuses, at most", value: `${megabytes(held)}, ${megabytes(mostBytes)}` },
  { figure: "refusals: middle, longest", value: `${middle(refusedMs)}, ${highest(refusedMs)}` },
  { figure: "/healthz all the while: middle, longest", value: `${middle(healthMs)}, ${highest(healthMs)}` },
  { figure: "/readyz while it refuses", value: `${ready.status} ${await ready.text()}` },
  { figure: "until work was taken again", value: `${Math.round(backMs)} ms` },
]);
