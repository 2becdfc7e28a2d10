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

/** A program that goes on beside us. */
export interface OpenProgram extends AsyncDisposable {
  /** Hands it what it reads; resolves once it is taken, or never will be: what it has no ears for any more is lost. */
  write(text: string): Promise<void>;
  /** How it ended, for people. */
  readonly ended: Promise<string>;
  /** Ends it at once. */
  kill(): void;
}

export interface ProgramBeside {
  readonly command: readonly [string, ...string[]];
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly onOutput: (bytes: Uint8Array) => void;
  readonly onError: (bytes: Uint8Array) => void;
}

/** How long a program may take to end once its input has, and once it was asked to; arbitrary. */
const endMs = 1000;

/** How those that run are ended where we end without a word. A process has one list of them, however many servers it holds. */
const running = new Set<() => void>();
const killAll = () => running.forEach((kill) => kill());

/**
 * Starts a program that ends when we do: its input is a pipe, which the system closes with us, whatever ends us. Where we
 * end by ourselves it is killed if it has not ended; one that does not read its input outlives our being killed. It leads a
 * group of its own, so that those whom it starts are ended with it, and Ctrl-C at a terminal is for us alone.
 *
 * @throws what the system says where it cannot be started
 */
export function openProgram({ command, env, onOutput, onError }: ProgramBeside): OpenProgram {
  const child = Bun.spawn([...command], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
    env: { ...env },
    cwd: "/",
    detached: true,
  });
  // What a server of ours does not wait for keeps no command alive.
  child.unref();
  void follow(child.stdout, onOutput);
  void follow(child.stderr, onError);
  const signal = (name: "SIGTERM" | "SIGKILL") => {
    try {
      process.kill(process.platform === "win32" ? child.pid : -child.pid, name);
    } catch {
      // There is nobody left.
    }
  };
  const kill = () => signal("SIGKILL");
  if (running.size === 0) process.on("exit", killAll);
  running.add(kill);
  const ended = child.exited.then(() => {
    running.delete(kill);
    if (running.size === 0) process.off("exit", killAll);
    // Those whom it has started, and left.
    kill();
    return child.signalCode === null ? `it ended with code ${child.exitCode}` : `it was ended by ${child.signalCode}`;
  });

  return {
    async write(text) {
      try {
        await Promise.all([child.stdin.write(text), child.stdin.flush()]);
      } catch {
        // It has just ended, which `ended` says.
      }
    },
    ended,
    kill,
    async [Symbol.asyncDispose]() {
      try {
        void Promise.resolve(child.stdin.end()).catch(() => {});
      } catch {
        // It was closed already.
      }
      if ((await within(ended, endMs)) !== undefined) return;
      signal("SIGTERM");
      if ((await within(ended, endMs)) !== undefined) return;
      signal("SIGKILL");
      await ended;
    },
  };
}

async function follow(stream: ReadableStream<Uint8Array>, onBytes: (bytes: Uint8Array) => void): Promise<void> {
  try {
    for await (const piece of stream) onBytes(piece);
  } catch {
    // It broke off with the program.
  }
}
