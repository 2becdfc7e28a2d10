/**
 * `bun test/bench/soak.ts [minutes] [streams]`: whether a server can be left running. So many streams at once, of which
 * one in ten leaves, one in twenty reads slowly and one in ten fails upstream, through four doors, with an access key.
 * It ends with 1 where something was lost, or grew.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { file, openBench, readUsage } from "./processes.ts";

const minutes = Number(Bun.argv[2] ?? 10);
const streams = Bun.argv[3] ?? "500";
const key = "key-of-the-soak";
const sampleMs = 1000;
/** How long those who read slowly, and answers that nobody reads, may take to be gone. */
const settleMs = 20_000;

const data = mkdtempSync(join(tmpdir(), "parley-soak-"));
const log = join(data, "server.log");
using bench = await openBench();
const upstream = await bench.start([file("soak-upstream.ts")]);
const provider = {
  name: "Soak",
  type: "openai",
  base_url: `http://127.0.0.1:${upstream.port}/v1`,
  api_key: "k",
  models: ["m"],
};
const { pid, port } = await bench.startWith({ access_key: key, providers: [provider] }, data, log);
const origin = `http://127.0.0.1:${port}`;
const descriptors = () => readdirSync(`/proc/${pid}/fd`).length;

const ask = (seconds: number) =>
  Bun.spawn([process.execPath, file("soak-client.ts"), origin, streams, String(seconds), key], {
    stdout: "pipe",
    stderr: "inherit",
  });

// What is loaded and compiled with the first answers is no growth.
await ask(5).exited;
await Bun.sleep(settleMs);
const before = { descriptors: descriptors(), cpuSeconds: readUsage(pid).cpuSeconds };

const samples: { readonly bytes: number; readonly healthMs: number }[] = [];
const child = ask(minutes * 60);
const timer = setInterval(async () => {
  const began = performance.now();
  await fetch(`${origin}/healthz`);
  samples.push({ bytes: readUsage(pid).bytes, healthMs: performance.now() - began });
}, sampleMs);
const seen = JSON.parse(await new Response(child.stdout).text());
clearInterval(timer);
const cpuSeconds = readUsage(pid).cpuSeconds - before.cpuSeconds;
await Bun.sleep(settleMs);

const third = (index: number) => {
  const part = samples.slice((samples.length * index) / 3, (samples.length * (index + 1)) / 3);
  return part.reduce((sum, { bytes }) => sum + bytes, 0) / part.length;
};
const growth = third(2) / third(1) - 1;
const said = (await Bun.file(log).text())
  .split("\n")
  .filter((line) => /unhandled|inside the server|"level":"error"/i.test(line));
const megabytes = (bytes: number) => `${(bytes / 1024 ** 2).toFixed(1)} MB`;
const report = {
  answers: seen,
  memory: {
    first: megabytes(third(0)),
    second: megabytes(third(1)),
    last: megabytes(third(2)),
    growth: `${(growth * 100).toFixed(1)} %`,
  },
  descriptors: { before: before.descriptors, after: descriptors() },
  server: {
    "processor, % of one": ((cpuSeconds / (minutes * 60)) * 100).toFixed(0),
    "slowest /healthz": `${Math.max(...samples.map(({ healthMs }) => healthMs)).toFixed(0)} ms`,
    "errors logged": said.length,
  },
};
for (const [what, row] of Object.entries(report)) console.table({ [what]: row });
for (const line of [...seen.examples, ...said.slice(0, 5)]) console.log(line.slice(0, 600));
// A descriptor or two come and go with a timer or a reader in a thread.
const isWrong = seen.wrong > 0 || said.length > 0 || growth > 0.05 || descriptors() > before.descriptors + 2;
rmSync(data, { recursive: true, force: true });
process.exitCode = isWrong ? 1 : 0;
