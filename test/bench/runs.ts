/**
 * What sockets and runs cost a server: `npm run bench`. Memory is the process's own; time is a share of one core.
 * The floor is the same stream without anything of a run's own: neither kept on disk nor joinable.
 */
import { file, openBench, readUsage, type Started } from "./processes.ts";

const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`;
const rows: Record<string, string>[] = [];

interface Measured {
  /** In use on average while everything was running, and at most: the collector lets garbage lie for a while. */
  readonly bytes: number;
  readonly mostBytes: number;
  readonly cpuSeconds: number;
  /** How long a request for `/healthz` took, all the while: what waits behind everything else. */
  readonly healthMs: readonly number[];
  readonly events: number;
  readonly seconds: number;
}

/** What a client of the bench costs the server. */
async function measure({ pid, port }: Started, args: readonly string[]): Promise<Measured> {
  const child = Bun.spawn([process.execPath, ...args], { stdout: "pipe", stderr: "inherit" });
  const before = readUsage(pid);
  const samples: number[] = [];
  const healthMs: number[] = [];
  const timer = setInterval(async () => {
    samples.push(readUsage(pid).bytes - before.bytes);
    const began = performance.now();
    await fetch(`http://127.0.0.1:${port}/healthz`);
    healthMs.push(performance.now() - began);
  }, 50);
  const said = await new Response(child.stdout).text();
  clearInterval(timer);
  if ((await child.exited) !== 0) throw new Error("a client of the bench failed");
  // Without what comes and goes at both ends.
  const steady = samples.slice(samples.length * 0.2, samples.length * 0.8);
  return {
    ...JSON.parse(said),
    bytes: steady.reduce((sum, bytes) => sum + bytes, 0) / steady.length,
    mostBytes: Math.max(...samples),
    cpuSeconds: readUsage(pid).cpuSeconds - before.cpuSeconds,
    healthMs: healthMs.sort((a, b) => a - b),
  };
}

const milliseconds = (sorted: readonly number[], part: number) =>
  `${sorted[Math.floor((sorted.length - 1) * part)]?.toFixed(1)} ms`;

{
  using bench = await openBench();
  const parley = await bench.startParley({ pieces: 20, gapMs: 20 });
  const origin = `http://127.0.0.1:${parley.port}`;
  // What is loaded and compiled with the first sockets is no cost of the others.
  await measure(parley, [file("channel-client.ts"), origin, "200", "0", "1"]);
  await Bun.sleep(1000);
  const { mostBytes } = await measure(parley, [file("channel-client.ts"), origin, "5000", "0", "5"]);
  rows.push({ figure: "5,000 idle sockets", "at most": `${kilobytes(mostBytes / 5000)} each`, bar: "8 KB" });
}

const streams = 1000;
const scenario = { pieces: 400, gapMs: 50 };
const body = { provider: "Bench", model: "m", messages: [{ role: "user", content: "Hello" }] };
const sse = (port: number, count: number, resumable: boolean) => [
  file("client.ts"),
  `http://127.0.0.1:${port}/backend-api/v2/conversation`,
  String(count),
  "1",
  "1",
  "event: content",
  JSON.stringify({ ...body, resumable }),
];
const channel = (port: number, count: number) => [
  file("channel-client.ts"),
  `http://127.0.0.1:${port}`,
  "50",
  String(count),
  "0",
  JSON.stringify(body),
];

for (const [figure, argsOf] of [
  ["SSE, not resumable (floor)", (port: number, count: number) => sse(port, count, false)],
  ["SSE, resumable", (port: number, count: number) => sse(port, count, true)],
  ["50 sockets, resumable", channel],
] as const) {
  using bench = await openBench();
  const parley = await bench.startParley(scenario);
  // Loads and compiles what every run uses.
  await measure(parley, argsOf(parley.port, 20));
  const { bytes, mostBytes, cpuSeconds, healthMs, events, seconds } = await measure(
    parley,
    argsOf(parley.port, streams),
  );
  if (events !== streams * scenario.pieces) throw new Error(`${figure}: ${events} events`);
  rows.push({
    figure: `${streams} runs × 20 events/s, ${figure}`,
    memory: `${kilobytes(bytes / streams)} each`,
    "at most": kilobytes(mostBytes / streams),
    bar: "80 KB",
    core: `${((cpuSeconds / seconds) * 100).toFixed(0)} %`,
    "per event": `${((cpuSeconds / events) * 1e6).toFixed(0)} µs`,
    "healthz, median and 99 %": `${milliseconds(healthMs, 0.5)}, ${milliseconds(healthMs, 0.99)}`,
  });
}
console.table(rows);
