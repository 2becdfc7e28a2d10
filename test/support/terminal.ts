import { bareEnvironment, type Program } from "./command.ts";

/** The program at a terminal, and whoever sits before it. */
export interface TerminalSession extends AsyncDisposable {
  /** Types, and presses Enter unless the text ends in a key of its own. */
  type(text: string): void;
  /** Waits until something is shown after all that was waited for before, and gives what was shown up to its end. */
  until(shown: string | RegExp): Promise<string>;
  /** Gives the window another width. */
  widen(cols: number): void;
  /** Closes the window. */
  hangUp(): void;
  readonly exited: Promise<number>;
}

export const keys = { up: "\x1b[A", tab: "\t", interrupt: "\x03", end: "\x04", enter: "\r" } as const;

/** Arbitrary: more than a start from source takes on a machine that is busy. */
const patienceMs = 20_000;

export function openTerminal(
  program: Program,
  args: readonly string[],
  { cwd, env = {} }: { cwd: string; env?: Record<string, string> },
): TerminalSession {
  const decoder = new TextDecoder();
  let shown = "";
  let seen = 0;
  let wake = () => {};
  const child = Bun.spawn([...program, ...args], {
    cwd,
    env: bareEnvironment(cwd, { TERM: "xterm", ...env }),
    terminal: {
      cols: 200,
      rows: 50,
      data(_, bytes) {
        shown += decoder.decode(bytes, { stream: true });
        wake();
      },
    },
  });

  return {
    type: (text) =>
      void child.terminal?.write(Object.values<string>(keys).includes(text.slice(-1)) ? text : `${text}\r`),
    async until(wanted) {
      const late = performance.now() + patienceMs;
      for (;;) {
        const rest = shown.slice(seen);
        const found = typeof wanted === "string" ? rest.indexOf(wanted) : rest.search(wanted);
        if (found !== -1) {
          const length = typeof wanted === "string" ? wanted.length : (wanted.exec(rest)?.[0].length ?? 0);
          seen += found + length;
          return rest.slice(0, found + length);
        }
        if (performance.now() > late) throw new Error(`${String(wanted)} is not shown in ${JSON.stringify(rest)}`);
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        await Promise.race([promise, Bun.sleep(patienceMs)]);
      }
    },
    widen: (cols) => child.terminal?.resize(cols, 50),
    hangUp: () => child.terminal?.close(),
    exited: child.exited,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
      child.terminal?.close();
    },
  };
}
