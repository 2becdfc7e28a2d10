import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Started {
  readonly port: number;
  readonly pid: number;
}

export interface Bench extends Disposable {
  /** The scripted upstream's address. */
  readonly origin: string;
  /** Starts one of the bench's own files, or anything else that prints its port. What it logs goes to a file, where one is named. */
  start(args: readonly string[], env?: Record<string, string>, log?: string): Promise<Started>;
  /** A server whose provider `Bench` answers in so many pieces, with so many milliseconds between them. */
  startParley(scenario: Scenario): Promise<Started>;
  /** A server with these settings; in a new directory, or in this one. */
  startWith(settings: Readonly<Record<string, unknown>>, directory?: string, log?: string): Promise<Started>;
}

export interface Scenario {
  readonly pieces: number;
  readonly gapMs: number;
}

export const file = (name: string) => join(import.meta.dir, name);

/** The processes of a bench, and the folder that they write to. */
export async function openBench(): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), "parley-bench-"));
  const children: Bun.Subprocess[] = [];

  const start = async (args: readonly string[], env: Record<string, string> = {}, log?: string) => {
    const child = Bun.spawn([process.execPath, ...args], {
      stdout: "pipe",
      stderr: log === undefined ? "inherit" : Bun.file(log),
      env: { ...process.env, ...env },
    });
    children.push(child);
    let said = "";
    for await (const bytes of child.stdout) {
      said += new TextDecoder().decode(bytes);
      const port = /(\d+)\n/.exec(said)?.[1];
      if (port) return { port: Number(port), pid: child.pid };
    }
    throw new Error("a process of the bench did not start");
  };

  const upstream = await start([file("upstream.ts")]);
  const origin = `http://127.0.0.1:${upstream.port}`;

  const startWith: Bench["startWith"] = async (settings, data = mkdtempSync(join(folder, "data-")), log) => {
    const config = join(data, "parley.yaml");
    await Bun.write(config, Bun.YAML.stringify(settings));
    const flags = { config, port: "0", discovery: "false", "log-level": "error", "data-dir": data };
    const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
    return start([join(import.meta.dir, "../../src/main.ts"), "serve", ...args], {}, log);
  };

  return {
    origin,
    start,
    startWith,
    startParley({ pieces, gapMs }) {
      const provider = { name: "Bench", type: "openai", base_url: `${origin}/${pieces}/${gapMs}`, api_key: "k" };
      return startWith({ providers: [{ ...provider, models: ["m"] }] });
    },
    [Symbol.dispose]() {
      for (const child of children) child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a process has used: its own memory in bytes, pages of files left out, and processor time in seconds. */
export function readUsage(pid: number): { readonly bytes: number; readonly cpuSeconds: number } {
  const kilobytes = Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  // Hundredths of a second, of the program and of the system for it (proc(5): utime, stime).
  return { bytes: kilobytes * 1024, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100 };
}

/** The processes that a process has started, and that still run. */
export function childrenOf(pid: number): readonly number[] {
  const threads = readdirSync(`/proc/${pid}/task`);
  const lists = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8"));
  return lists.flatMap((list) => list.split(" ").filter(Boolean).map(Number));
}
