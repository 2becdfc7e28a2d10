import type { Log } from "./log.ts";

/** What a process can be short of. */
export type Shortage = "memory" | "time" | "descriptors";

/** Nothing; takes no new work; does nothing but what ends work. */
export type PressureLevel = 0 | 1 | 2;

/** How hard it is for the process to go on. */
export interface Pressure extends Disposable {
  /** As it was last looked at, at most a quarter of a second ago: to ask wakes a watch that sleeps. */
  readonly level: PressureLevel;
  /** Looks again where memory may have gone meanwhile: for whoever is about to take much. */
  look(): PressureLevel;
  /** What it is short of; `undefined` at 0. */
  readonly shortage: Shortage | undefined;
}

/** What is looked at, for tests to say. */
export interface Readings {
  /** What the process holds of the machine's memory, in bytes. */
  memory(): number;
  /** Which part of the descriptors that it may have is in use, from 0 to 1. */
  descriptors(): number;
  /** Returns what nobody uses. */
  collect(): void;
  /** Monotonic, in milliseconds. */
  now(): number;
}

export interface PressureParts {
  readonly maxBytes: number;
  /** Whether nothing is being worked on. */
  readonly isIdle: () => boolean;
  /** Called when it becomes short of descriptors, and while it is: connections that nobody uses can be closed. */
  readonly onDescriptors: () => void;
  readonly log: Log;
  readonly readings: Readings;
  /** How often it looks. */
  readonly everyMs?: number;
  /** How often where nobody asks, and nothing is worked on. */
  readonly quietMs?: number;
  /** So long nothing was worked on before what memory holds is taken for what it keeps. */
  readonly restMs?: number;
}

interface Marks {
  readonly first: number;
  readonly second: number;
  /** So far below a mark it has to come back. */
  readonly slack: number;
}

/** Parts of `maxBytes`; of the descriptors; and how late the event loop is, smoothed, in milliseconds. All arbitrary. */
const memoryMarks: Marks = { first: 0.85, second: 0.95, slack: 0.05 };
const descriptorMarks: Marks = { first: 0.85, second: 0.95, slack: 0.05 };
const latenessMarks: Marks = { first: 1000, second: 2000, slack: 500 };

/** Looks without anybody who asks, after which it looks less often. */
const quietAfter = 4;

/** Memory that was looked at so recently has not gone meanwhile. */
const freshMs = 20;
/** Of several seconds that a machine slept nobody is to blame: one stall alone reaches no mark. */
const mostLateMs = 3000;
const newestShare = 0.25;
/** A collection stops everything: it may take a twentieth of the time, and comes no more often than this. */
const collectEveryMs = 2000;

/**
 * Watches memory, the event loop and descriptors, so that work is refused while refusing is still possible. Garbage is no
 * shortage: before memory counts as short it is collected. What stays after a time without any work is no work either –
 * caches, what the allocator keeps – and must not lock the server up: then the marks move above it.
 *
 * An idle process is woken by little else: so it looks seldom then, and at once when the next request asks.
 */
export function openPressure(parts: PressureParts): Pressure {
  const { maxBytes, isIdle, onDescriptors, log, readings, everyMs = 250, quietMs = 2000, restMs = 5000 } = parts;
  const { now } = readings;
  const levels: Record<Shortage, PressureLevel> = { memory: 0, time: 0, descriptors: 0 };
  let level: PressureLevel = 0;
  let lateMs = 0;
  let paceMs = everyMs;
  let dueAt = now() + paceMs;
  /** How often it has looked since somebody asked. */
  let unasked = 0;
  let lookedAt = -Infinity;
  let mayCollectAt = -Infinity;
  let idleSince: number | undefined;
  /** What stays without any work, as a part of `maxBytes`, where that is beyond the first mark. */
  let kept = 0;
  let timer = setInterval(tick, paceMs);
  timer.unref();

  return {
    get level() {
      wake();
      return level;
    },
    get shortage() {
      wake();
      return level === 0 ? undefined : worst();
    },
    look() {
      wake();
      if (now() - lookedAt >= freshMs) {
        lookAtMemory();
        settle();
      }
      return level;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };

  function wake(): void {
    unasked = 0;
    if (paceMs === everyMs) return;
    setPace(everyMs);
    lookAround();
  }

  function tick(): void {
    const at = now();
    lateMs += newestShare * (Math.min(mostLateMs, Math.max(0, at - dueAt)) - lateMs);
    dueAt = at + paceMs;
    levels.time = next(levels.time, lateMs, latenessMarks);
    lookAround();
    if (levels.memory > 0) rest();
    else idleSince = undefined;
    unasked = level === 0 && lateMs < everyMs && isIdle() ? unasked + 1 : 0;
    setPace(unasked >= quietAfter ? quietMs : everyMs);
  }

  function setPace(ms: number): void {
    if (ms === paceMs) return;
    paceMs = ms;
    dueAt = now() + ms;
    clearInterval(timer);
    timer = setInterval(tick, ms);
    timer.unref();
  }

  function lookAround(): void {
    levels.descriptors = next(levels.descriptors, readings.descriptors(), descriptorMarks);
    if (levels.descriptors > 0) onDescriptors();
    lookAtMemory();
    settle();
  }

  function lookAtMemory(): void {
    let part = readings.memory() / maxBytes;
    if (part >= memoryMarks.first + kept && now() >= mayCollectAt) {
      const begunAt = now();
      readings.collect();
      mayCollectAt = now() + Math.max(collectEveryMs, 20 * (now() - begunAt));
      part = readings.memory() / maxBytes;
    }
    lookedAt = now();
    if (part < memoryMarks.first - memoryMarks.slack) kept = 0;
    levels.memory = next(levels.memory, part - kept, memoryMarks);
  }

  function rest(): void {
    if (!isIdle()) return void (idleSince = undefined);
    idleSince ??= now();
    if (now() - idleSince < restMs) return;
    // As if what is kept left room for a tenth.
    kept = readings.memory() / maxBytes - memoryMarks.first + 0.1;
    idleSince = undefined;
    log.warn("memory stays in use though nothing is being worked on; work is taken all the same", {
      bytes: readings.memory(),
      max_memory: maxBytes,
    });
    lookAtMemory();
    settle();
  }

  function settle(): void {
    const before = level;
    level = levels[worst()];
    if (before === 0 && level > 0)
      log.warn("the server is overloaded: new work is refused", {
        short_of: worst(),
        bytes: readings.memory(),
        max_memory: maxBytes,
        late_ms: Math.round(lateMs),
      });
    if (before > 0 && level === 0) log.info("the server takes new work again");
  }

  function worst(): Shortage {
    if (levels.memory >= levels.time && levels.memory >= levels.descriptors) return "memory";
    return levels.time >= levels.descriptors ? "time" : "descriptors";
  }
}

/** A level is left only some way below the mark at which it begins. */
function next(level: PressureLevel, value: number, { first, second, slack }: Marks): PressureLevel {
  if (value >= second || (level === 2 && value >= second - slack)) return 2;
  return value >= first || (level > 0 && value >= first - slack) ? 1 : 0;
}
