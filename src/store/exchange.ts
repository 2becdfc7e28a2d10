import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { marks, ours } from "./layout.ts";
import { takeLock } from "./presence.ts";
import { syncFolderNow } from "./sync.ts";

/**
 * Another content for a data directory, all or nothing.
 *
 * What is new is made in a folder within the directory, which is often a disk's own and cannot be renamed. Then its name
 * says how far things are, whatever ends the process:
 *
 * `.incoming-…` it is being made, and is removed if nobody does · `.ready-…` it is whole, and on disk: what was there goes
 * aside · `.entering-…` all of that has gone: what is new comes in. Whoever opens the directory next finishes the latter two.
 */
export interface Exchange extends Disposable {
  /** Where what is new is made. */
  readonly folder: string;
  /** From here on it will take its place. Gives where what was there has gone, if anything was. @throws where it could not be */
  commit(): string | undefined;
}

const stages = { incoming: ".incoming-", ready: ".ready-", entering: ".entering-" } as const;
const asideName = "before-restore-";

/** How long another process that begins at the same moment may hold the lock. */
const patienceMs = 2000;

/** Nothing else may have the directory open, nor be about to: whoever opens one leaves its mark before it looks here. */
export function openExchange(directory: string): Exchange {
  const lock = lockExchange(directory, 0);
  settle(directory);
  const stamp = new Date().toISOString().replace(/[:.]/g, "-");
  const folder = join(directory, stages.incoming + stamp);
  mkdirSync(folder, { mode: 0o700 });
  return {
    folder,
    commit() {
      assertMovable(directory);
      renameSync(folder, join(directory, stages.ready + stamp));
      syncFolderNow(directory);
      settle(directory);
      const aside = join(directory, asideName + stamp);
      return existsSync(aside) ? aside : undefined;
    },
    [Symbol.dispose]() {
      rmSync(folder, { recursive: true, force: true });
      lock.close();
    },
  };
}

/** Finishes or removes what a process that is gone has left. @throws while another exchanges what is there */
export function settleExchange(directory: string): void {
  const lock = lockExchange(directory, patienceMs);
  try {
    settle(directory);
  } finally {
    lock.close();
  }
}

/** What is there and would go aside. */
export function listOccupied(directory: string): string[] {
  return ours.filter((name) => existsSync(join(directory, name)));
}

function lockExchange(directory: string, waitMs: number) {
  const lock = takeLock(join(directory, marks, "exchange"), waitMs);
  if (!lock) throw new Error("a backup is being restored into it: try again when that is done");
  return lock;
}

function settle(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (name.startsWith(stages.incoming)) rmSync(join(directory, name), { recursive: true, force: true });
    if (name.startsWith(stages.ready)) putAside(directory, name.slice(stages.ready.length));
    if (name.startsWith(stages.entering)) bringIn(directory, name.slice(stages.entering.length));
  }
}

function putAside(directory: string, stamp: string): void {
  const aside = join(directory, asideName + stamp);
  for (const name of listOccupied(directory)) {
    mkdirSync(aside, { recursive: true, mode: 0o700 });
    renameSync(join(directory, name), join(aside, name));
  }
  if (existsSync(aside)) syncFolderNow(aside);
  syncFolderNow(directory);
  renameSync(join(directory, stages.ready + stamp), join(directory, stages.entering + stamp));
  bringIn(directory, stamp);
}

function bringIn(directory: string, stamp: string): void {
  const folder = join(directory, stages.entering + stamp);
  for (const name of readdirSync(folder)) renameSync(join(folder, name), join(directory, name));
  syncFolderNow(directory);
  rmSync(folder, { recursive: true });
}

/** A folder that is a disk's own cannot be put aside; better to know that before anything is. */
function assertMovable(directory: string): void {
  const { dev } = lstatSync(join(directory, marks));
  const fixed = listOccupied(directory).find((name) => lstatSync(join(directory, name)).dev !== dev);
  if (fixed === undefined) return;
  throw new Error(`${join(directory, fixed)} lies on another disk, and cannot be put aside: move it yourself first`);
}
