import { within } from "../lib/deadline.ts";
import { orAborted } from "../lib/pause.ts";
import { createSemaphore } from "../lib/semaphore.ts";
import { Unconvertible } from "./unconvertible.ts";

/** Who takes one job at a time, and can be ended in the middle of one. */
export interface Hand<Job, Result> {
  /** `onTaken` is called when it begins with it. @throws {Unconvertible} when it ends over it */
  ask(job: Job, onTaken: () => void): Promise<Result>;
  /** Whether it has begun with what it was asked last. */
  readonly isTaken: boolean;
  /** Whether it takes another job: false once it has ended, or has grown so that it better did. */
  readonly isFit: boolean;
  /** Resolves when it has really ended, and what it held is free. */
  end(): Promise<void>;
}

/** So many hands at most, first come, first served. */
export interface Pool<Job, Result> extends Disposable {
  /**
   * A job's time runs from when a hand has begun with it. When it is given up nothing of it runs on: what would be done in
   * a moment is waited for, and then the hand is kept.
   *
   * @throws {Unconvertible} when it takes too long, or its hand ends over it
   * @throws the signal's reason
   */
  run(job: Job, signal: AbortSignal): Promise<Result>;
  /** There will soon be work: a hand is started where there is none. */
  warm(): void;
}

export interface PoolOptions<Job, Result> {
  readonly start: () => Hand<Job, Result>;
  readonly hands: number;
  readonly timeoutMs: number;
  /** After so long without work a hand ends, and its memory returns. */
  readonly idleMs: number;
}

/** Longest wait for a hand to begin, arbitrary: one that takes longer never does. */
const startMs = 30_000;

/** So long may what nobody wants any more take to be done: less than a hand takes to start. */
const graceMs = 300;

/** Nobody is started before there is work. */
export function createPool<Job, Result>(options: PoolOptions<Job, Result>): Pool<Job, Result> {
  const { start, hands, timeoutMs, idleMs } = options;
  const disposed = new AbortController();
  const idle = new Map<Hand<Job, Result>, Timer>();
  const turns = createSemaphore(hands);
  let busy = 0;

  return {
    async run(job, caller) {
      const signal = AbortSignal.any([caller, disposed.signal]);
      const leave = await turns.enter(signal);
      busy++;
      try {
        const rested = wake();
        if (!rested) return await askOne(start(), job, signal);
        try {
          return await askOne(rested, job, signal);
        } catch (error) {
          // It was ended while it rested, as a system does that is short of memory: that is no fault of the job's.
          if (signal.aborted || rested.isTaken) throw error;
          return await askOne(start(), job, signal);
        }
      } finally {
        busy--;
        leave?.();
      }
    },
    warm() {
      if (busy === 0 && idle.size === 0 && !disposed.signal.aborted) rest(start());
    },
    [Symbol.dispose]() {
      disposed.abort(new Error("the pool was disposed"));
      for (const hand of idle.keys()) end(hand);
    },
  };

  async function askOne(hand: Hand<Job, Result>, job: Job, signal: AbortSignal): Promise<Result> {
    const result = await ask(hand, job, signal);
    rest(hand);
    return result;
  }

  async function ask(hand: Hand<Job, Result>, job: Job, signal: AbortSignal): Promise<Result> {
    const { promise: isOver, reject } = Promise.withResolvers<never>();
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    // On a busy machine it takes longer to start than most jobs take.
    let timer = setTimeout(() => reject(new Unconvertible("its conversion did not begin")), startMs);
    const begun = Promise.withResolvers<void>();
    const onTaken = () => {
      begun.resolve();
      clearTimeout(timer);
      const tooLong = new Unconvertible(`its conversion took longer than ${timeoutMs / 1000} s`);
      timer = setTimeout(() => reject(tooLong), timeoutMs);
    };
    const work = hand.ask(job, onTaken);
    try {
      return await Promise.race([work, isOver]);
    } catch (error) {
      if (signal.aborted && (await isSoonDone(work, begun.promise))) rest(hand);
      // What it wrote may be removed only once it writes no more.
      else await hand.end();
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    }
  }

  async function isSoonDone(work: Promise<Result>, begun: Promise<void>): Promise<boolean> {
    const isDone = orAborted(work, disposed.signal).then(
      () => true,
      () => false,
    );
    await within(Promise.race([begun, isDone]), startMs);
    return (await within(isDone, graceMs)) ?? false;
  }

  function wake(): Hand<Job, Result> | undefined {
    for (const [hand, timer] of idle) {
      clearTimeout(timer);
      idle.delete(hand);
      if (hand.isFit) return hand;
      void hand.end();
    }
    return undefined;
  }

  function rest(hand: Hand<Job, Result>): void {
    if (!hand.isFit || disposed.signal.aborted) void hand.end();
    else idle.set(hand, setTimeout(end, idleMs, hand).unref());
  }

  function end(hand: Hand<Job, Result>): void {
    clearTimeout(idle.get(hand));
    idle.delete(hand);
    void hand.end();
  }
}
