import { delimiter, isAbsolute } from "node:path";
import { within } from "./deadline.ts";

/** A program that is to be run, and how long it may be silent. */
export interface ProgramRun {
  /** Its path, and its arguments: what comes from outside belongs into `input`. */
  readonly command: readonly [string, ...string[]];
  readonly input?: string;
  readonly signal: AbortSignal;
  readonly silenceMs: number;
  /** What is thrown when it was silent for longer. */
  readonly toFailure: () => Error;
  /** Called once the process is gone, or could not be started. */
  readonly onExit?: () => void;
}

/**
 * Where a program is, by the folders of a `PATH`; `undefined` where it is in none of them. Folders that are not absolute
 * are left out: they would name whatever folder we happen to be in.
 */
export function findProgram(name: string, path: string): string | undefined {
  const folders = path.split(delimiter).filter(isAbsolute);
  return folders.length === 0 ? undefined : (Bun.which(name, { PATH: folders.join(delimiter) }) ?? undefined);
}

/**
 * What a program prints, as it comes, and at the end its exit code. It waits while nobody reads. It is killed when
 * `signal` aborts, when it is silent for too long, and when reading ends before it does. Of our environment, which holds
 * keys, it gets nothing, nor does it start in our folder.
 *
 * @throws the signal's reason; `toFailure()`; and what the system says where it cannot be started
 */
export async function* readProgram(run: ProgramRun): AsyncGenerator<Uint8Array, number> {
  const { signal, silenceMs, toFailure } = run;
  const child = start(run);
  const kill = () => child.kill("SIGKILL");
  signal.addEventListener("abort", kill, { once: true });
  const reader = child.stdout.getReader();
  try {
    for (;;) {
      const read = await within(reader.read(), silenceMs);
      signal.throwIfAborted();
      if (!read) throw toFailure();
      if (read.done) return await child.exited;
      yield read.value;
    }
  } finally {
    signal.removeEventListener("abort", kill);
    kill();
    await reader.cancel();
  }
}

function start({ command, input = "", signal, onExit = () => {} }: ProgramRun) {
  try {
    signal.throwIfAborted();
    const child = Bun.spawn([...command], {
      stdin: new Blob([input]),
      stdout: "pipe",
      stderr: "ignore",
      env: {},
      cwd: "/",
    });
    void child.exited.then(onExit);
    return child;
  } catch (thrown) {
    onExit();
    throw thrown;
  }
}

/** What became of a program that says little. */
export interface ProgramEnd {
  readonly code: number;
  /** What it printed, then what it printed as errors. */
  readonly said: string;
}

/** Runs a program to its end, with the variables that it is given and no others. It is killed when that takes too long. */
export async function runProgram(
  command: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<ProgramEnd> {
  const options = { stdin: "ignore", stdout: "pipe", stderr: "pipe", cwd: "/" } as const;
  const child = Bun.spawn([...command], { ...options, env: { ...env }, timeout: timeoutMs, killSignal: "SIGKILL" });
  const [out, error, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, said: out + error };
}
