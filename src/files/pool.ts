import type { Worker } from "node:worker_threads";
import { within } from "../lib/deadline.ts";
import { Unconvertible } from "./unconvertible.ts";

/** Workers that take one job each at a time: a message in, a message out. */
export interface Pool<Job, Result> extends Disposable {
  /**
   * First come, first served; a job's time runs from when a Worker takes it up.
   *
   * @throws {Unconvertible} when it takes too long or too much memory, or its Worker dies of it; nothing of it runs on
   * @throws the signal's reason
   */
  run(job: Job, signal: AbortSignal): Promise<Result>;
}

export interface PoolOptions {
  /** An unresponsive Worker is terminated, so this must start one of its own. */
  readonly start: () => Worker;
  readonly workers: number;
  readonly timeoutMs: number;
  /** After so long without work a Worker ends, and its memory returns. */
  readonly idleMs: number;
  /** By how much the process may grow while a job runs. */
  readonly maxGrowthBytes: number;
}

interface Task<Job, Result> {
  readonly job: Job;
  readonly signal: AbortSignal;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
  /** Memory grew while it ran beside others: it is tried once more, with nobody beside it, to see whose growth it is. */
  isSuspect: boolean;
}

interface Running<Job, Result> {
  readonly task: Task<Job, Result>;
  readonly rssAtStart: number;
  /** Ends it, and its Worker. Without a reason it goes back to the head of the queue. */
  readonly end: (reason?: Error) => void;
}

/** A Worker has no limit of memory in Bun, and a process without memory ends whole: so growth is looked at so often. */
const watchedEveryMs = 100;
/** For a Worker to let go of what it holds. */
const endsWithinMs = 5000;

/** No Worker is started before there is work. */
export function createPool<Job, Result>(options: PoolOptions): Pool<Job, Result> {
  const { start, workers, timeoutMs, idleMs, maxGrowthBytes } = options;
  let waiting: Task<Job, Result>[] = [];
  const running = new Set<Running<Job, Result>>();
  const idle = new Map<Worker, Timer>();
  let watch: Timer | undefined;
  let disposed: Error | undefined;

  return {
    async run(job, signal) {
      signal.throwIfAborted();
      if (disposed) throw disposed;
      const { promise, resolve, reject } = Promise.withResolvers<Result>();
      const task = { job, signal, resolve, reject, isSuspect: false };
      const giveUp = () => {
        waiting = waiting.filter((each) => each !== task);
        const current = [...running].find((each) => each.task === task);
        if (current) current.end(signal.reason);
        else reject(signal.reason);
        advance();
      };
      signal.addEventListener("abort", giveUp, { once: true });
      waiting.push(task);
      advance();
      return promise.finally(() => signal.removeEventListener("abort", giveUp));
    },
    [Symbol.dispose]() {
      disposed = new Error("the pool was disposed");
      for (const task of waiting.splice(0)) task.reject(disposed);
      for (const each of running) each.end(disposed);
      for (const worker of idle.keys()) void worker.terminate();
    },
  };

  function advance(): void {
    for (let task = waiting[0]; task && mayBegin(task); task = waiting[0]) {
      waiting.shift();
      begin(task);
    }
    if (running.size > 0) watch ??= setInterval(lookAtMemory, watchedEveryMs);
    else {
      clearInterval(watch);
      watch = undefined;
    }
  }

  function mayBegin(task: Task<Job, Result>): boolean {
    if (running.size === 0) return true;
    return running.size < workers && !task.isSuspect && ![...running].some((each) => each.task.isSuspect);
  }

  function begin(task: Task<Job, Result>): void {
    const worker = wakeWorker() ?? startWorker();
    const tooLong = () => current.end(new Unconvertible(`its conversion took longer than ${timeoutMs / 1000} s`));
    const timer = setTimeout(tooLong, timeoutMs);
    const leave = () => {
      clearTimeout(timer);
      worker.off("message", answer).off("exit", died);
      running.delete(current);
    };
    const answer = (result: Result) => {
      leave();
      rest(worker);
      task.resolve(result);
      advance();
    };
    const died = () => current.end(new Unconvertible("its conversion broke down; open it, save it anew, and try that"));
    let isEnding = false;
    const current: Running<Job, Result> = {
      task,
      rssAtStart: process.memoryUsage.rss(),
      end(reason) {
        if (isEnding) return;
        isEnding = true;
        worker.off("message", answer);
        // Its place is free, and what it wrote may be removed, only once it has really ended.
        void within(worker.terminate(), endsWithinMs).then(() => {
          leave();
          if (reason ?? disposed) task.reject(reason ?? disposed);
          else if (task.signal.aborted) task.reject(task.signal.reason);
          else waiting.unshift(task);
          advance();
        });
      },
    };
    worker.on("message", answer).on("exit", died);
    running.add(current);
    worker.postMessage(task.job);
  }

  function wakeWorker(): Worker | undefined {
    const [worker] = idle.keys();
    if (!worker) return undefined;
    forget(worker);
    worker.ref();
    return worker;
  }

  function startWorker(): Worker {
    const worker = start();
    worker.on("exit", () => forget(worker));
    // An error that nobody listens for ends the process; the Worker's end follows it, and that is what counts.
    worker.on("error", () => {});
    return worker;
  }

  /** Kept warm for a while; nothing of it keeps the process alive. */
  function rest(worker: Worker): void {
    worker.unref();
    const end = () => {
      forget(worker);
      void worker.terminate();
    };
    idle.set(worker, setTimeout(end, idleMs).unref());
  }

  function forget(worker: Worker): void {
    clearTimeout(idle.get(worker));
    idle.delete(worker);
  }

  function lookAtMemory(): void {
    const rss = process.memoryUsage.rss();
    const suspects = [...running].filter((each) => rss - each.rssAtStart > maxGrowthBytes);
    if (suspects.length === 0) return;
    const [only] = running;
    const mebibytes = Math.round(maxGrowthBytes / 1024 / 1024);
    if (only && running.size === 1)
      return only.end(new Unconvertible(`its conversion took more than ${mebibytes} MiB of memory`));
    for (const each of running) {
      each.task.isSuspect = true;
      each.end();
    }
  }
}
