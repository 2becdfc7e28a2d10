import { Worker } from "node:worker_threads";
import type { ConvertJob } from "./convert-file.ts";
import type { Piece } from "./outcome.ts";

/** What a Worker answers: a failure is the machine's, such as a full disk, and says which (`ENOSPC`). */
export type ConvertResult = { readonly pieces: readonly Piece[] } | { readonly failure: string };

export interface ChildAnswer {
  readonly result: ConvertResult;
  /** It has grown so much that another had better go on. */
  readonly isSpent: boolean;
}

/** What is said first of a job: whatever ends the process before then, or takes long, has nothing to do with it. */
export const taken = "taken";

/** With which it ends when it needs more memory than it may. Arbitrary. */
export const overgrownCode = 79;

const watchedEveryMs = 50;

/**
 * The life of a process that converts: jobs come as messages, and a Worker does them, while this thread keeps watch over the
 * memory, and over whether there is still a server to convert for.
 */
export function serveConversions(maxMemoryBytes: number): void {
  const worker = new Worker(new URL("./convert-worker.ts", import.meta.url));
  const rss = () => process.memoryUsage.rss();
  worker.on("message", (result: ConvertResult | typeof taken) => {
    if (result === taken) return void process.send?.(taken);
    const answer: ChildAnswer = { result, isSpent: rss() > maxMemoryBytes / 4 };
    process.send?.(answer);
  });
  worker.on("error", () => process.exit(1));
  worker.on("exit", () => process.exit(1));
  process.on("message", (job: ConvertJob) => worker.postMessage(job));
  process.on("disconnect", () => process.exit(0));
  // A terminal interrupts, and systemd ends, all that run in it; the server may still want what is begun, and ends this
  // itself.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
  setInterval(() => {
    if (rss() > maxMemoryBytes) process.exit(overgrownCode);
  }, watchedEveryMs);
}
