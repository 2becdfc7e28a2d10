import { join } from "node:path";
import type { ConvertJob } from "./convert-file.ts";
import { type ChildAnswer, type ConvertResult, overgrownCode, taken } from "./convert-process.ts";
import type { Hand } from "./pool.ts";
import { Unconvertible } from "./unconvertible.ts";

/**
 * Starts a process that converts: this program again. What is uploaded is read by some hundred thousand lines of others'
 * code, and may have been made to break them: here that costs a process which has no keys in its environment and can be
 * ended in the middle of anything, which a Worker in WebAssembly cannot.
 */
export function startChild(maxMemoryBytes: number): Hand<ConvertJob, ConvertResult> {
  const main = Bun.isStandaloneExecutable ? [] : [join(import.meta.dir, "../main.ts")];
  let answer: ((given: ChildAnswer) => void) | undefined;
  let isSpent = false;
  let isTaken = false;
  let onTaken: (() => void) | undefined;
  const child = Bun.spawn([process.execPath, ...main, "converter", String(maxMemoryBytes)], {
    // The collector takes this for the machine's memory, else it would let garbage grow beyond the limit.
    env: { BUN_JSC_forceRAMSize: String(maxMemoryBytes) },
    stdio: ["ignore", "ignore", "ignore"],
    serialization: "json",
    ipc(given: ChildAnswer | typeof taken) {
      if (given !== taken) return void answer?.(given);
      isTaken = true;
      onTaken?.();
      // Once: time that is given anew again and again would never end.
      onTaken = undefined;
    },
  });
  child.unref();

  return {
    get isFit() {
      return !isSpent && child.exitCode === null && child.signalCode === null;
    },
    get isTaken() {
      return isTaken;
    },
    async ask(job, callback) {
      isTaken = false;
      onTaken = callback;
      const { promise, resolve } = Promise.withResolvers<ChildAnswer>();
      answer = resolve;
      child.ref();
      try {
        send(job);
        const given = await Promise.race([promise, child.exited]);
        if (typeof given === "number") throw toReason(given, maxMemoryBytes);
        isSpent = given.isSpent;
        return given.result;
      } finally {
        answer = onTaken = undefined;
        child.unref();
      }
    },
    async end() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };

  /** That it has just ended is known to the channel before it is to us. */
  function send(job: ConvertJob): void {
    try {
      child.send(job);
    } catch {
      throw brokenDown();
    }
  }
}

function toReason(exitCode: number, maxMemoryBytes: number): Unconvertible {
  if (exitCode === overgrownCode)
    return new Unconvertible(`its conversion took more than ${Math.round(maxMemoryBytes / 1024 / 1024)} MiB of memory`);
  return brokenDown();
}

function brokenDown(): Unconvertible {
  return new Unconvertible("its conversion broke down; open it, save it anew, and try that");
}
