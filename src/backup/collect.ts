import { existsSync } from "node:fs";
import { copyFile, link, mkdir, opendir, rm } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "../lib/error-code.ts";
import { mapParallel } from "../lib/parallel.ts";
import { blobFolders, databaseName, secretKey } from "../store/layout.ts";
import { type Contents, readContents, takeSnapshot } from "../store/snapshot.ts";
import { BackupError } from "./error.ts";

/** What belongs together, at one moment. */
export interface Collected extends Contents {
  /** Named by rows, and gone before. */
  readonly lost: readonly string[];
}

/** Arbitrary: each fails only where a file was made and removed again while the last snapshot was taken. */
const maxTries = 5;
const linkedAtOnce = 32;

/**
 * Puts into `folder` what the data directory holds at one moment, while servers go on. Files never change, and go after
 * their rows: so those that are there are linked first, which keeps their bytes, and those that came while the snapshot
 * was taken are linked after it.
 */
export async function collect(directory: string, folder: string, signal: AbortSignal): Promise<Collected> {
  const snapshot = join(folder, databaseName);
  const taken = new Set<string>();
  const take = async (name: string) => {
    if (await linkOrCopy(join(directory, name), join(folder, name))) taken.add(name);
  };
  const takeAll = async (names: Iterable<string>) => {
    await mapParallel(
      [...names].filter((name) => !taken.has(name)),
      linkedAtOnce,
      take,
    );
  };
  const takeWhatIsThere = async () => {
    for (const { folder: blobs } of blobFolders) await takeAll(await listNames(directory, blobs));
  };
  for (const { folder: blobs } of blobFolders) await mkdir(join(folder, blobs));
  await takeWhatIsThere();
  let missing: readonly string[] = [];
  for (let tries = 0; tries < maxTries; tries++) {
    signal.throwIfAborted();
    // Once more, which takes no time: what lives for moments is met only in the last of them.
    await takeWhatIsThere();
    await rm(snapshot, { force: true });
    takeSnapshot(join(directory, databaseName), snapshot);
    const contents = readContents(snapshot);
    const before = new Set(missing);
    await takeAll(contents.blobs);
    missing = [...contents.blobs].filter((name) => !taken.has(name));
    // Written before the first row that needs it.
    await take(secretKey);
    // What two snapshots name and neither finds is not on its way out: it was lost before.
    if (missing.every((name) => before.has(name))) return { ...contents, lost: missing };
  }
  throw new BackupError("files are being removed faster than a backup is made of them: try again later");
}

async function listNames(directory: string, folder: string): Promise<string[]> {
  const names: string[] = [];
  if (!existsSync(join(directory, folder))) return names;
  for await (const { name } of await opendir(join(directory, folder))) {
    if (!name.startsWith(".")) names.push(`${folder}/${name}`);
  }
  return names;
}

/** Gives whether it was there. */
async function linkOrCopy(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to).catch(async (thrown: unknown) => {
      if (isGone(thrown) || isThere(thrown)) throw thrown;
      // Another disk, or one that knows no links.
      await copyFile(from, to);
    });
    return true;
  } catch (thrown) {
    if (isThere(thrown)) return true;
    if (isGone(thrown)) return false;
    throw thrown;
  }
}

const isGone = (thrown: unknown) => codeOf(thrown) === "ENOENT";
const isThere = (thrown: unknown) => codeOf(thrown) === "EEXIST";
