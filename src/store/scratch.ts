import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Blobs, type BlobsOptions, openBlobs } from "./blobs.ts";

/** A folder for files that are on their way: whoever makes one moves it to where it belongs, or removes it. */
export interface Scratch extends Pick<Blobs, "write"> {
  readonly folder: string;
}

/** What is older is surely nobody's: a conversion may take long. */
const abandonedMs = 24 * 60 * 60_000;

/** Opens a folder, which is made if it is missing, and rid of what a crash left, as `openBlobs` does. */
export function openScratch(folder: string, options: BlobsOptions = {}): Scratch {
  const { abandonedBefore = Date.now() - abandonedMs } = options;
  const { write } = openBlobs(folder, { ...options, abandonedBefore });
  for (const path of readdirSync(folder).map((name) => join(folder, name))) {
    const { mtimeMs = Infinity } = statSync(path, { throwIfNoEntry: false }) ?? {};
    if (mtimeMs < abandonedBefore) rmSync(path, { force: true, recursive: true });
  }
  return { folder, write };
}
