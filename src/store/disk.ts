import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "../lib/error-code.ts";
import { type DiskFailure, toDiskFailure } from "../protocol/disk-failure.ts";

/** Whether the disk takes what is written to it. Nobody asks it as long as all goes well: writes that fail are noted. */
export interface Disk extends Disposable {
  /** Why it does not; `undefined` while it does. Looked at again each second until then: no restart is needed. */
  readonly failure: DiskFailure | undefined;
  /** To be told what a write has thrown, whatever that is. */
  note(thrown: unknown): void;
  /** Calls back when it begins to take none. */
  onFailure(listener: (failure: DiskFailure) => void): Disposable;
  /** Calls back once it takes writes again after one was refused; until that is undone. */
  onRoom(listener: () => void): Disposable;
}

/** Arbitrary: what a small request writes, and a page of the database's log. */
const probeBytes = 64 * 1024;
const lookMs = 1000;

/** @param folder in which something can be written and removed again, swept at a start where it was not */
export function openDisk(folder: string): Disk {
  const roomListeners = new Set<() => void>();
  const failureListeners = new Set<(failure: DiskFailure) => void>();
  let failure: DiskFailure | undefined;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let isClosed = false;

  return {
    get failure() {
      return failure;
    },
    note(thrown) {
      const noted = toDiskFailure(thrown);
      if (!noted || timer || isClosed) return;
      // A single large file may have found no room where all else does.
      void look();
      timer = setInterval(() => void lookAgain(), lookMs);
      timer.unref();
    },
    onFailure: (listener) => listen(failureListeners, listener),
    onRoom: (listener) => listen(roomListeners, listener),
    [Symbol.dispose]() {
      isClosed = true;
      clearInterval(timer);
    },
  };

  async function probe(): Promise<void> {
    const path = join(folder, `.${Bun.randomUUIDv7()}.tmp`);
    try {
      await writeProbe(path);
      failure = undefined;
    } catch (thrown) {
      const found = toDiskFailure(thrown) ?? { code: codeOf(thrown), message: String(thrown) };
      if (!failure) for (const listener of failureListeners) listener(found);
      failure = found;
    }
    await rm(path, { force: true }).catch(() => {});
  }

  /** One at a time: a disk that hangs is not asked anew each second, nor does a late answer count for more than a new one. */
  function look(): Promise<void> {
    return (looking ??= probe().finally(() => (looking = undefined)));
  }

  async function lookAgain(): Promise<void> {
    await look();
    if (failure || isClosed) return;
    clearInterval(timer);
    timer = undefined;
    for (const listener of roomListeners) listener();
  }
}

function listen<T>(listeners: Set<T>, listener: T): Disposable {
  listeners.add(listener);
  return { [Symbol.dispose]: () => void listeners.delete(listener) };
}

async function writeProbe(path: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.write(new Uint8Array(probeBytes));
    await file.sync();
  } finally {
    await file.close();
  }
}
