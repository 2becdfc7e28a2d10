import { Database } from "bun:sqlite";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { print } from "../../src/lib/log.ts";
import { openStore } from "../../src/store/index.ts";
import { fromSource, runCommand, startServer } from "../support/command.ts";

/** `bun test/bench/backup.ts [rows]`: how long a backup and its restoring take, and uploads beside it. */
const rows = Number(process.argv[2] ?? 1_000_000);

const cwd = mkdtempSync(join(tmpdir(), "parley-bench-backup-"));
const data = join(cwd, "share/parley");
mkdirSync(data, { recursive: true });
await openStore(data)[Symbol.asyncDispose]();
fillUsage(join(data, "parley.db"));
print(`database of ${Math.round(statSync(join(data, "parley.db")).size / 1e6)} MB\n`);

const server = await startServer(fromSource, { cwd });
let count = 0;
// The first waits for a process that converts.
await upload();
const until = performance.now() + 5000;
await report("uploads alone", () => performance.now() < until);
let isDone = false;
const startedAt = performance.now();
const backingUp = runCommand(fromSource, ["backup", "b.tar"], { cwd }).finally(() => (isDone = true));
await report("uploads beside a backup", () => !isDone);
tell("backup", startedAt, await backingUp);
server.child.kill("SIGTERM");
await server.child.exited;
const restoredAt = performance.now();
tell("restore", restoredAt, await runCommand(fromSource, ["restore", "b.tar", "--data-dir", "new"], { cwd }));
rmSync(cwd, { recursive: true });

function fillUsage(path: string): void {
  using database = new Database(path);
  const insert = database.query(
    `INSERT INTO usage (run_id, source, owner, created_at, day, prompt_tokens, completion_tokens, total_tokens, saved_tokens,
       details, outcome, duration_ms) VALUES (?, 'run', 'local', 1, '2026-11-24', 1, 2, 3, 0, ?, 'stop', 5)`,
  );
  const details = JSON.stringify({ note: "x".repeat(700) });
  database.transaction(() => {
    for (let row = 0; row < rows; row++) insert.run(`run_${crypto.randomUUID()}`, details);
  })();
}

async function upload(): Promise<number> {
  const form = new FormData();
  form.append("files", new File([`text ${count}`], "a.txt"));
  const sentAt = performance.now();
  const answer = await fetch(`${server.origin}/backend-api/v2/files/b${count++}`, { method: "POST", body: form });
  await answer.text();
  if (!answer.ok) throw new Error(`an upload was answered with ${answer.status}`);
  return performance.now() - sentAt;
}

async function report(what: string, isOn: () => boolean): Promise<void> {
  const times: number[] = [];
  while (isOn()) times.push(await upload());
  times.sort((a, b) => a - b);
  const at = (part: number) => (times[Math.floor((times.length - 1) * part)] ?? 0).toFixed(1);
  print(`${what}: ${times.length}, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms\n`);
}

function tell(what: string, since: number, { code, error }: { code: number; error: string }): void {
  print(`${what}: ${((performance.now() - since) / 1000).toFixed(1)} s${code === 0 ? "" : `, failed: ${error}`}\n`);
}
