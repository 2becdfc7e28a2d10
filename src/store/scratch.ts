import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** A folder for files that are on their way: whoever makes one moves it to where it belongs, or removes it. */
export interface Scratch {
  readonly folder: string;
  /** A path in it that nobody else has. */
  temporary(): string;
}

/** What is older is nobody's; another server on the same directory may be at work. */
const abandonedMs = 24 * 60 * 60_000;

/** Opens a folder, which is made if it is missing, and rid of what a crash left. */
export function openScratch(folder: string): Scratch {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const path of readdirSync(folder).map((name) => join(folder, name))) {
    const { mtimeMs = Infinity } = statSync(path, { throwIfNoEntry: false }) ?? {};
    if (mtimeMs < Date.now() - abandonedMs) rmSync(path, { force: true, recursive: true });
  }
  return { folder, temporary: () => join(folder, `${Bun.randomUUIDv7()}.tmp`) };
}
