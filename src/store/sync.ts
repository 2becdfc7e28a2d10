import { closeSync, fsyncSync, openSync } from "node:fs";
import { open, opendir } from "node:fs/promises";
import { join } from "node:path";
import { mapParallel } from "../lib/parallel.ts";

/** What an acknowledged write survives: the loss of power, or only the end of the process, whatever ends it. */
export type Durability = "power" | "process";

/** How what is kept gets onto the disk. */
export interface Syncs {
  /** Resolves when what was written to a file is on disk. */
  file(path: string): Promise<void>;
  /** The same of the names in a folder. */
  folder(path: string): Promise<void>;
}

/** What was written and renamed outlives its process by itself: for less than the loss of power nothing is waited for. */
export function createSyncs(durability: Durability): Syncs {
  const nothing = async () => {};
  return durability === "power" ? { file: syncFile, folder: syncFolder } : { file: nothing, folder: nothing };
}

/** Resolves when what was written to a file is on disk. */
export async function syncFile(path: string): Promise<void> {
  await sync(path, "r+");
}

/** A new name is durable only once the folder that holds it is. Windows cannot open one, and needs none of it. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform !== "win32") await sync(path, "r");
}

/** As `syncFolder`, for what happens before there is anybody who could be kept waiting. */
export function syncFolderNow(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Everything in a folder, and its names. */
export async function syncTree(folder: string): Promise<void> {
  const files: string[] = [];
  for await (const entry of await opendir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await syncTree(path);
    else files.push(path);
  }
  await mapParallel(files, syncedAtOnce, syncFile);
  await syncFolder(folder);
}

/** Files that are synced at once share what the disk does for one. */
export const syncedAtOnce = 8;

async function sync(path: string, flags: string): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
