/**
 * What it costs to take a large file in one request: `bun test/bench/upload.ts [megabytes] [rounds] [address pid]`, against a
 * plain copy on disk and a server that only writes the body to a file, in turn in the same run. All end when the bytes are on
 * disk (fsync); a copy that does not wait for that is shown beside them. With an address and the
 * process that listens there, that route is measured too.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { file, openBench, readUsage } from "./processes.ts";

const [megabytes = 1024, rounds = 5] = Bun.argv.slice(2, 4).map(Number);
const [address, pid] = Bun.argv.slice(4);
const bytes = megabytes * 1024 * 1024;

using bench = await openBench();
const folder = mkdtempSync(join(tmpdir(), "parley-bench-upload-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

interface Seen {
  readonly seconds: number;
  /** Most that the server's own memory grew by, in bytes. */
  readonly grewBytes: number;
}

async function upload(address: string, pid: number): Promise<Seen> {
  const before = readUsage(pid).bytes;
  let most = before;
  const sampling = setInterval(() => (most = Math.max(most, readUsage(pid).bytes)), 10);
  const child = Bun.spawn([process.execPath, file("upload-client.ts"), address, String(bytes)], { stderr: "inherit" });
  const seconds = Number(await new Response(child.stdout).text());
  clearInterval(sampling);
  if ((await child.exited) !== 0) throw new Error(`${address} did not take the upload`);
  return { seconds, grewBytes: most - before };
}

async function copy(...flags: readonly string[]): Promise<Seen> {
  const target = join(folder, "copy");
  const command = ["dd", `if=${source}`, `of=${target}`, "bs=1M", "status=none", ...flags];
  const startedAt = performance.now();
  if ((await Bun.spawn(command, { stderr: "inherit" }).exited) !== 0) throw new Error("the copy failed");
  const seconds = (performance.now() - startedAt) / 1000;
  rmSync(target);
  return { seconds, grewBytes: 0 };
}

const source = join(folder, "source");
const writer = Bun.file(source).writer();
for (let written = 0; written < bytes; written += 1024 * 1024) {
  writer.write(new Uint8Array(1024 * 1024).fill(written / 1024 / 1024));
  await writer.flush();
}
await writer.end();

/** A new process each: memory that an earlier upload left behind would hide what one takes. */
async function fresh(path: string): Promise<Seen> {
  const { port, pid } = await bench.start([file("upload-server.ts"), folder]);
  const seen = await upload(`http://127.0.0.1:${port}${path}`, pid);
  process.kill(pid);
  return seen;
}

const contenders: Record<string, () => Promise<Seen>> = {
  "copy, not synced": () => copy(),
  copy: () => copy("conv=fsync"),
  "body to a file": () => fresh("/plain"),
  "form, hashed, kept": () => fresh("/form"),
  ...(address !== undefined && { [address]: () => upload(address, Number(pid)) }),
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
console.table(
  Object.keys(contenders).map((name) => ({
    [`${megabytes} MB`]: name,
    "MB/s": rate(name).toFixed(0),
    "of the copy": `${((rate(name) / rate("copy")) * 100).toFixed(0)} %`,
    "of the body to a file": `${((rate(name) / rate("body to a file")) * 100).toFixed(0)} %`,
    "memory grew by, at most": `${(Math.max(...(seen[name] ?? []).map(({ grewBytes }) => grewBytes)) / 1024 / 1024).toFixed(0)} MB`,
  })),
);
// An exit disposes of nothing by itself.
bench[Symbol.dispose]();
process.exit(0);
