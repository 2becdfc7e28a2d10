import { closeSync, fsyncSync, openSync } from "node:fs";
import { open, opendir } from "node:fs/promises";
import { join } from "node:path";
import { mapParallel } from "../lib/parallel.ts";

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
