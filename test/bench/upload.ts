/**
 * What it costs to put a large film into a bucket in one request: `bun test/bench/upload.ts [megabytes] [rounds]`, against a
 * plain copy on disk and a server that only writes the body to a file, in turn in the same run. All end when the bytes are on
 * disk (fsync); a copy that does not wait for that is shown beside them. The process that tells what the file is counts
 * in the time; its memory is shown by itself.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { childrenOf, file, openBench, readUsage } from "./processes.ts";

const [megabytes = 1024, rounds = 5] = Bun.argv.slice(2).map(Number);
const bytes = megabytes * 1024 * 1024;

using bench = await openBench();
const folder = mkdtempSync(join(tmpdir(), "parley-bench-upload-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

interface Seen {
  readonly seconds: number;
  /** Processor time of the server. */
  readonly cpuSeconds: number;
  /** Most that the server's own memory grew by, in bytes. */
  readonly grewBytes: number;
  /** Most that the processes which it started held, each at its largest. */
  readonly childrenBytes: number;
}

async function upload(address: string, pid: number): Promise<Seen> {
  const before = readUsage(pid);
  let most = before.bytes;
  const children = new Map<number, number>();
  const sampling = setInterval(() => {
    most = Math.max(most, readUsage(pid).bytes);
    for (const child of childrenOf(pid))
      children.set(child, Math.max(children.get(child) ?? 0, readUsage(child).bytes));
  }, 10);
  const child = Bun.spawn([process.execPath, file("upload-client.ts"), address, String(bytes)], { stderr: "inherit" });
  const seconds = Number(await new Response(child.stdout).text());
  clearInterval(sampling);
  if ((await child.exited) !== 0) throw new Error(`${address} did not take the upload`);
  return {
    seconds,
    cpuSeconds: readUsage(pid).cpuSeconds - before.cpuSeconds,
    grewBytes: most - before.bytes,
    childrenBytes: [...children.values()].reduce((sum, each) => sum + each, 0),
  };
}

async function copy(...flags: readonly string[]): Promise<Seen> {
  const target = join(folder, "copy");
  const command = ["dd", `if=${source}`, `of=${target}`, "bs=1M", "status=none", ...flags];
  const startedAt = performance.now();
  if ((await Bun.spawn(command, { stderr: "inherit" }).exited) !== 0) throw new Error("the copy failed");
  const seconds = (performance.now() - startedAt) / 1000;
  rmSync(target);
  return { seconds, cpuSeconds: 0, grewBytes: 0, childrenBytes: 0 };
}

const source = join(folder, "source");
const writer = Bun.file(source).writer();
for (let written = 0; written < bytes; written += 1024 * 1024) {
  writer.write(new Uint8Array(1024 * 1024).fill(written / 1024 / 1024));
  await writer.flush();
}
await writer.end();

/** A new process each: memory that an earlier upload left behind would hide what one takes. */
async function uploadPlain(): Promise<Seen> {
  const { port, pid } = await bench.start([file("upload-server.ts"), folder]);
  const seen = await upload(`http://127.0.0.1:${port}/`, pid);
  process.kill(pid);
  return seen;
}

async function uploadToBucket(): Promise<Seen> {
  const { port, pid } = await bench.startWith({ max_upload: bytes * 2, max_bucket: bytes * 2, max_files: bytes * 4 });
  const address = `http://127.0.0.1:${port}/backend-api/v2/files/bench`;
  const seen = await upload(address, pid);
  const kept = await fetch(`${address}/stream`).then((response) => response.text());
  if (!kept.includes('"filename":"film.mp4"')) throw new Error(`the film was not kept: ${kept.slice(0, 200)}`);
  await fetch(address, { method: "DELETE" });
  process.kill(pid);
  return seen;
}

const contenders: Record<string, () => Promise<Seen>> = {
  "copy, not synced": () => copy(),
  copy: () => copy("conv=fsync"),
  "body to a file": uploadPlain,
  "film into a bucket": uploadToBucket,
};
const seen: Record<string, Seen[]> = {};
for (let round = 0; round <= rounds; round++) {
  for (const [name, measure] of Object.entries(contenders)) {
    // The first to touch memory pays for it, where a machine is a virtual one: here, nobody who is measured.
    await copy();
    const one = await measure();
    // The first round warms up.
    if (round > 0) (seen[name] ??= []).push(one);
  }
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const rate = (name: string) => median((seen[name] ?? []).map(({ seconds }) => megabytes / seconds));
const most = (name: string, of: (one: Seen) => number) =>
  `${(Math.max(...(seen[name] ?? []).map(of)) / 1024 / 1024).toFixed(0)} MB`;
console.table(
  Object.keys(contenders).map((name) => ({
    [`${megabytes} MB`]: name,
    "MB/s": rate(name).toFixed(0),
    "of the copy": `${((rate(name) / rate("copy")) * 100).toFixed(0)} %`,
    "of the body to a file": `${((rate(name) / rate("body to a file")) * 100).toFixed(0)} %`,
    "processor, s": median((seen[name] ?? []).map(({ cpuSeconds }) => cpuSeconds)).toFixed(2),
    "memory grew by, at most": most(name, ({ grewBytes }) => grewBytes),
    "its children held, at most": most(name, ({ childrenBytes }) => childrenBytes),
  })),
);
// An exit disposes of nothing by itself.
bench[Symbol.dispose]();
process.exit(0);
