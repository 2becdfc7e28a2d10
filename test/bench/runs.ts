/**
 * What sockets and runs cost a server: `bun run bench:runs`. Memory is the process's own; time is a share of one core.
 * The floor is the same stream without anything of a run's own: neither kept on disk nor joinable.
 */
import { file, openBench, readUsage, type Started } from "./processes.ts";

const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`;
const rows: Record<string, string>[] = [];

/** Runs a client of the bench, and gives the server's use before, at its most, and at the end. */
async function measure(parley: Started, args: readonly string[]) {
  const child = Bun.spawn([process.execPath, ...args], { stdout: "pipe", stderr: "inherit" });
  const before = readUsage(parley.pid);
  let most = before.bytes;
  const timer = setInterval(() => (most = Math.max(most, readUsage(parley.pid).bytes)), 50);
  const said = await new Response(child.stdout).text();
  clearInterval(timer);
  if ((await child.exited) !== 0) throw new Error("a client of the bench failed");
  const after = readUsage(parley.pid);
  return {
    ...JSON.parse(said.trim().split("\n").at(-1) ?? ""),
    before,
    most,
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
  };
}

{
  using bench = await openBench();
  const parley = await bench.startParley({ pieces: 20, gapMs: 20 });
  const origin = `http://127.0.0.1:${parley.port}`;
  // What is loaded and compiled with the first sockets is no cost of the others.
  await measure(parley, [file("channel-client.ts"), origin, "200", "0", "1"]);
  await Bun.sleep(1000);
  const { before, most } = await measure(parley, [file("channel-client.ts"), origin, "5000", "0", "5"]);
  rows.push({ figure: "5,000 idle sockets", memory: `${kilobytes((most - before.bytes) / 5000)} each`, bar: "8 KB" });
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
  const { before, most, cpuSeconds, events, seconds } = await measure(parley, argsOf(parley.port, streams));
  if (events !== streams * scenario.pieces) throw new Error(`${figure}: ${events} events`);
  rows.push({
    figure: `${streams} runs × 20 events/s, ${figure}`,
    memory: `${kilobytes((most - before.bytes) / streams)} each`,
    bar: "80 KB",
    core: `${((cpuSeconds / seconds) * 100).toFixed(0)} %`,
    "per event": `${((cpuSeconds / events) * 1e6).toFixed(0)} µs`,
  });
}
console.table(rows);
