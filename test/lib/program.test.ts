import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { findProgram, readProgram } from "../../src/lib/program.ts";
import { createProgram } from "../support/program.ts";

const never = new AbortController().signal;

interface Running {
  readonly input?: string;
  readonly signal?: AbortSignal;
  readonly silenceMs?: number;
  /** What is done with each piece before the next is asked for. */
  readonly onPiece?: (nth: number) => unknown;
}

async function run(script: string, { input = "", signal = never, silenceMs = 5000, onPiece }: Running = {}) {
  using program = createProgram("it", script);
  let exits = 0;
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  const pieces = readProgram({
    command: [join(program.folder, "it")],
    input,
    signal,
    silenceMs,
    toFailure: () => new Error("silent"),
    onExit() {
      exits++;
      resolve();
    },
  });
  let text = "";
  let code: number | string = "";
  try {
    for (let next = await pieces.next(), nth = 1; ; next = await pieces.next(), nth++) {
      if (next.done) {
        code = next.value;
        break;
      }
      text += new TextDecoder().decode(next.value);
      await onPiece?.(nth);
    }
  } catch (thrown) {
    code = thrown instanceof Error ? thrown.message : String(thrown);
  }
  await gone;
  return { text, code, exits };
}

describe("a program", () => {
  test("is found in the folders of a path, but not in whatever folder we are in", () => {
    using program = createProgram("parley-test-program", "exit 0");
    const { folder } = program;
    const find = (path: string) => findProgram("parley-test-program", path);
    expect(find(`/nowhere:${folder}`)).toBe(join(folder, "parley-test-program"));
    expect(find(relative(process.cwd(), folder))).toBeUndefined();
    for (const path of ["", ":", ".", "/nowhere"]) expect(find(path)).toBeUndefined();
  });

  test("reads what it is given, and gives what it prints and its exit code", async () => {
    expect(await run("cat; exit 3", { input: "a\nb" })).toEqual({ text: "a\nb", code: 3, exits: 1 });
  });

  test("knows nothing of our environment, and does not start in our folder", async () => {
    process.env.PARLEY_TEST_SECRET = "sk-secret";
    const { text } = await run("/usr/bin/env; pwd");
    delete process.env.PARLEY_TEST_SECRET;
    expect(text).not.toContain("sk-secret");
    expect(text).not.toContain("HOME=");
    expect(text.trim().split("\n").at(-1)).toBe("/");
  });

  test("that does not read what it is given does no harm", async () => {
    expect(await run("exit 0", { input: "x".repeat(1_000_000) })).toEqual({ text: "", code: 0, exits: 1 });
  });

  test("that is silent for too long is killed", async () => {
    expect(await run("echo a; exec sleep 60", { silenceMs: 1000 })).toEqual({ text: "a\n", code: "silent", exits: 1 });
  });

  test("is not silent while nobody reads", async () => {
    const lines = "for i in 1 2 3 4; do head -c 200000 /dev/zero; done";
    const onPiece = (nth: number) => nth < 3 && Bun.sleep(1000);
    const { text, code } = await run(lines, { silenceMs: 500, onPiece });
    expect([text.length, code]).toEqual([800_000, 0]);
  });

  test("is killed by its signal, before it starts and while it runs", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    // A moment after it has begun, while more is waited for.
    const onPiece = () => void setTimeout(() => controller.abort(new Error("gone")), 50);
    const script = "echo a; exec sleep 60";
    expect(await run(script, { signal, onPiece })).toEqual({ text: "a\n", code: "gone", exits: 1 });
    expect(await run(script, { signal })).toEqual({ text: "", code: "gone", exits: 1 });
  });

  test("is killed where reading ends before it does", async () => {
    using program = createProgram("it", `echo $$; exec sleep 60`);
    const { promise, resolve } = Promise.withResolvers<void>();
    const pieces = readProgram({
      command: [join(program.folder, "it")],
      signal: never,
      silenceMs: 5000,
      toFailure: () => new Error("silent"),
      onExit: resolve,
    });
    const { value } = await pieces.next();
    const pid = new TextDecoder().decode(value as Uint8Array).trim();
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    await pieces.return(0);
    await promise;
    expect(existsSync(`/proc/${pid}`)).toBe(false);
  });

  test("that cannot be started says so, and leaves its place", async () => {
    let exits = 0;
    const pieces = readProgram({
      command: ["/nowhere/it"],
      signal: never,
      silenceMs: 5000,
      toFailure: () => new Error("silent"),
      onExit: () => void exits++,
    });
    await expect(pieces.next()).rejects.toThrow();
    expect(exits).toBe(1);
  });
});

/** Whether a program that goes on beside another is gone, once that other has ended as `ending` says. */
async function endsWith(ending: string): Promise<boolean> {
  const script = `
    import { openProgram } from ${JSON.stringify(join(import.meta.dir, "../../src/lib/program.ts"))};
    const said = (bytes) => (process.stdout.write(bytes), setTimeout(() => { ${ending} }));
    const command = ["/bin/sh", "-c", "sleep 60 & echo $$ $!; wait"];
    openProgram({ command, env: { PATH: "/usr/bin:/bin" }, onOutput: said, onError() {} });
    setInterval(() => {}, 1000);`;
  const host = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "ignore" });
  const pids = (await new Response(host.stdout).text()).trim().split(" ").map(Number);
  expect(pids).toHaveLength(2);
  for (const pid of pids) while (isAlive(pid)) await Bun.sleep(5);
  return true;
}

/** A zombie waits for whoever started it, and does nothing more. */
const isAlive = (pid: number) =>
  existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));

test.each(["process.exit(1)", "throw new Error('it broke')"])(
  "a program beside us that does not read its input, and whom it has started, end with us by %s",
  async (ending) => {
    expect(await endsWith(ending)).toBe(true);
  },
  5_000,
);
