import { createInterface } from "node:readline";
import { markPasted, printAside } from "../../lib/log.ts";
import { cancellation } from "../../runs/live-run.ts";
import { maxTyped, type TypedHistory } from "./history.ts";
import { createMessageLines, type Typed } from "./message-lines.ts";

/** What a person types at a terminal, a message at a time. */
export interface Prompt extends Disposable {
  /** `undefined` once they leave: by Ctrl-D, or Ctrl-C twice. */
  read(): Promise<Typed | undefined>;
  /** The terminal is left to what is written by this; Ctrl-C aborts it. */
  during<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** What a line may become, and which end of it that stands for. */
export type Complete = (line: string) => Promise<[hits: string[], end: string]>;

const first = "> ";
const further = "… ";

export function openPrompt(history: TypedHistory, complete: Complete): Prompt {
  const { stdin, stdout } = process;
  const lines = createMessageLines();
  /** What came while nobody read. */
  const typed: Typed[] = [];
  let isLeft = false;
  let isPasting = false;
  let isWarned = false;
  let isShown = false;
  let wake = () => {};
  let interrupt = () => {};
  const reader = createInterface({
    input: stdin,
    output: stdout,
    history: [...history.lines],
    historySize: maxTyped,
    removeHistoryDuplicates: true,
    async completer(line: string, done: (error: null, found: [string[], string]) => void) {
      done(null, await complete(line).catch((): [string[], string] => [[], line]));
    },
  });
  stdin.on("keypress", notePaste);
  reader.on("history", ([newest]: string[]) => newest !== undefined && history.add(newest));
  reader.on("line", (line) => {
    isWarned = false;
    const message = lines.add(line, isPasting);
    if (!message || message.text === "") return show();
    typed.push(message);
    wake();
  });
  reader.on("SIGINT", () => {
    const isEmpty = reader.line === "" && !lines.isOpen;
    if (isEmpty && isWarned) return reader.close();
    isWarned = isEmpty;
    lines.clear();
    reader.write(null, { ctrl: true, name: "e" });
    reader.write(null, { ctrl: true, name: "u" });
    if (isEmpty) printAside("\nCtrl-C again leaves, as Ctrl-D and /quit do\n");
    show();
  });
  reader.on("close", leave);
  const ends = { SIGTERM: () => end(143), SIGHUP: () => end(129) };
  for (const [signal, listener] of Object.entries(ends)) process.on(signal, listener);
  // Of a terminal that is gone; there is nobody to tell.
  process.stderr.on("error", () => {});
  markPasted(true);

  return {
    async read() {
      if (typed.length === 0 && !isLeft) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        show();
        await promise;
      }
      return typed.shift();
    },

    async during(work) {
      const controller = new AbortController();
      interrupt = () => controller.abort(cancellation());
      isShown = false;
      // Keys are the terminal's own meanwhile: Ctrl-C is a signal, and what is typed ahead waits.
      reader.pause();
      stdin.setRawMode(false);
      // A window of another size has the prompt drawn anew, over the last line of an answer.
      const redraws = stdout.listeners("resize");
      stdout.removeAllListeners("resize");
      process.on("SIGINT", interrupt);
      try {
        return await work(controller.signal);
      } finally {
        process.off("SIGINT", interrupt);
        interrupt = () => {};
        if (!isLeft) {
          for (const redraw of redraws) stdout.on("resize", redraw as () => void);
          stdin.setRawMode(true);
          reader.resume();
        }
      }
    },

    [Symbol.dispose]() {
      stdin.off("keypress", notePaste);
      for (const [signal, listener] of Object.entries(ends)) process.off(signal, listener);
      try {
        reader.close();
      } catch {
        // A terminal that is gone takes no settings.
        stdin.pause();
      }
      markPasted(false);
    },
  };

  function show(): void {
    reader.setPrompt(lines.isOpen ? further : first);
    reader.prompt();
    isShown = true;
  }

  function leave(): void {
    if (isLeft) return;
    isLeft = true;
    // What is written from here on does not stand behind the prompt.
    if (isShown) printAside("\n");
    wake();
  }

  /** The terminal is gone, or somebody ends the program: what is not kept is to go all the same. */
  function end(exitCode: number): void {
    process.exitCode = exitCode;
    interrupt();
    leave();
  }

  function notePaste(_: unknown, key: { readonly name?: string } | undefined): void {
    if (key?.name === "paste-start") isPasting = true;
    if (key?.name === "paste-end") isPasting = false;
  }
}
