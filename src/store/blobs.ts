import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/** Files of one folder, each whole or not there. Names are ours: nothing from outside is ever a path. */
export interface Blobs {
  /** On disk, its name too, when it resolves. */
  save(name: string, bytes: Uint8Array): Promise<void>;
  path(name: string): string;
}

/** Opens a folder, which is made if it is missing, and rid of what a crash left half-written. */
export function openBlobs(folder: string): Blobs {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  sweep(folder);
  return {
    path: (name) => join(folder, name),
    async save(name, bytes) {
      const path = join(folder, name);
      const temporary = join(folder, `.${Bun.randomUUIDv7()}.tmp`);
      try {
        const file = await open(temporary, "wx", 0o600);
        try {
          await file.writeFile(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporary, path);
        await syncFolder(folder);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
  };
}

/** Another server on the same folder may be writing: only what is old is nobody's. */
const abandonedMs = 60 * 60_000;

function sweep(folder: string): void {
  for (const name of readdirSync(folder).filter((each) => /^\..*\.tmp$/.test(each))) {
    const path = join(folder, name);
    const { mtimeMs = Infinity } = statSync(path, { throwIfNoEntry: false }) ?? {};
    if (mtimeMs < Date.now() - abandonedMs) rmSync(path, { force: true });
  }
}

/** A new name is durable only once the folder that holds it is. Windows cannot open one, and needs none of it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
