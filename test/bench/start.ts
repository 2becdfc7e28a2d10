/**
 * How fast the executable starts, and what it holds while nobody asks: `bun test/bench/start.ts [rounds] [executable]`, by default
 * one that is built for it. Each start is in an empty folder with an empty environment, next to one of the least that Bun can
 * be, a compiled server that only says "ok". It wants Linux, which says what memory a process has.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../support/command.ts";

const rounds = Number(Bun.argv[2] ?? 15);
const folder = mkdtempSync(join(tmpdir(), "parley-start-"));
const port = freePort();
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

interface Start {
  /** From its start until its port accepts, and until it has answered. */
  readonly listeningMs: number;
  readonly answeredMs: number;
  /** From SIGTERM to its end. */
  readonly stoppedMs: number;
  readonly exitCode: number;
}

try {
  const ours = [Bun.argv[3] ?? (await buildOurs()), "--port", String(port)];
  const empty = [await buildEmpty(), String(port)];
  const starts: { ours: Start[]; empty: Start[] } = { ours: [], empty: [] };
  for (let round = 0; round <= rounds; round++) {
    const both = { ours: await start(ours, "/backend-api/v2/version"), empty: await start(empty, "/") };
    // The first brings both files into the machine's memory.
    if (round === 0) continue;
    starts.ours.push(both.ours);
    starts.empty.push(both.empty);
  }
  const figure = (name: keyof Start, of: readonly Start[]) => median(of.map((each) => each[name]));
  const row = (measured: string, name: keyof Start) => {
    const [mine, least] = [figure(name, starts.ours), figure(name, starts.empty)];
    return { measured, ours: mine.toFixed(1), empty: least.toFixed(1), ratio: `× ${(mine / least).toFixed(1)}` };
  };
  const [held, heldLeast] = [await heldWhileIdle(ours), await heldWhileIdle(empty)];
  console.table([
    row("until the port accepts, ms", "listeningMs"),
    row("until the first answer is there, ms", "answeredMs"),
    row("from SIGTERM to the end, ms", "stoppedMs"),
    {
      measured: "held after 5 s without a question, MB",
      ours: held.toFixed(1),
      empty: heldLeast.toFixed(1),
      ratio: `× ${(held / heldLeast).toFixed(1)}`,
    },
  ]);
  const failed = starts.ours.filter(({ exitCode }) => exitCode !== 0).length;
  console.log(`${rounds} starts each, medians; ${failed} of ours did not end with 0`);
} finally {
  rmSync(folder, { recursive: true });
}

async function start(command: readonly string[], path: string): Promise<Start> {
  const begun = performance.now();
  const child = spawn(command);
  const listeningMs = (await accepted(child)) - begun;
  await (await fetch(`http://127.0.0.1:${port}${path}`, { keepalive: false })).text();
  const answeredMs = performance.now() - begun;
  const stopping = performance.now();
  child.kill("SIGTERM");
  const exitCode = await child.exited;
  return { listeningMs, answeredMs, stoppedMs: performance.now() - stopping, exitCode };
}

/** All that is resident, pages of the executable included. */
async function heldWhileIdle(command: readonly string[]): Promise<number> {
  const child = spawn(command);
  await accepted(child);
  await Bun.sleep(5000);
  const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]);
  child.kill("SIGTERM");
  await child.exited;
  return kilobytes / 1024;
}

function spawn(command: readonly string[]): Bun.Subprocess {
  const cwd = mkdtempSync(join(folder, "empty-"));
  return Bun.spawn([...command], { cwd, env: { HOME: cwd }, stdout: "ignore", stderr: "ignore" });
}

/** When somebody listens. */
async function accepted(child: Bun.Subprocess): Promise<number> {
  while (child.exitCode === null) {
    try {
      (await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } })).end();
      return performance.now();
    } catch {
      await Bun.sleep(1);
    }
  }
  throw new Error(`it did not start: ${child.exitCode}`);
}

async function buildOurs(): Promise<string> {
  const executable = join(folder, "parley");
  const build = Bun.spawn([process.execPath, join(root, "src/build.ts"), "--outfile", executable], {
    cwd: root,
    stderr: "inherit",
  });
  if ((await build.exited) !== 0) throw new Error("the executable was not built");
  return executable;
}

/** In the same way as ours. */
async function buildEmpty(): Promise<string> {
  const source = join(folder, "source");
  mkdirSync(source);
  await Bun.write(
    join(source, "empty.ts"),
    `const server = Bun.serve({ hostname: "127.0.0.1", port: Number(process.argv[2]), fetch: () => new Response("ok") });
     process.on("SIGTERM", () => void server.stop(true).then(() => process.exit(0)));`,
  );
  const outfile = join(folder, "empty");
  await Bun.build({
    entrypoints: [join(source, "empty.ts")],
    target: "bun",
    format: "esm",
    bytecode: true,
    define: { "process.env.NODE_ENV": '"production"' },
    compile: { outfile, autoloadDotenv: false, autoloadBunfig: false },
  });
  return outfile;
}

function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  listener.stop(true);
  return listener.port;
}
