import { existsSync, rmSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { settleExchange } from "../store/exchange.ts";
import { databaseName, secretKey } from "../store/layout.ts";
import { openPresence } from "../store/presence.ts";
import { writeStream } from "../store/receive.ts";
import { isKnownVersion } from "../store/snapshot.ts";
import { syncFile, syncFolder } from "../store/sync.ts";
import { collect } from "./collect.ts";
import { BackupError } from "./error.ts";
import { isMemberName, type Manifest } from "./manifest.ts";
import { pack } from "./pack.ts";

export interface BackupOptions {
  /** The data directory. */
  readonly directory: string;
  /** Writes the archive, whole or not at all, and resolves when it is where it belongs. */
  readonly write: (archive: ReadableStream<Uint8Array>) => Promise<void>;
  /** The program's own version. */
  readonly version: string;
  readonly onProgress: (doneBytes: number, allBytes: number) => void;
  readonly signal: AbortSignal;
}

/** Writes one file with all that the data directory keeps, while servers may go on with it. Gives what it holds. */
export async function makeBackup({ directory, write, version, onProgress, signal }: BackupOptions): Promise<Manifest> {
  if (!existsSync(join(directory, databaseName))) throw new BackupError(`there is nothing to back up in ${directory}`);
  // So that no server that starts meanwhile takes the folder for one that a crash left.
  using _ = openPresence(directory);
  settleExchange(directory);
  const folder = join(directory, "uploads", `backup-${Bun.randomUUIDv7()}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { blobs, lost, rows, version: databaseVersion } = await collect(directory, folder, signal);
    if (!isKnownVersion(databaseVersion))
      throw new BackupError(`the database was written by a newer Parley than this, ${version}: use that one`);
    const gone = new Set(lost);
    const names = [databaseName, secretKey, ...[...blobs].filter((name) => !gone.has(name)).sort()];
    const packed = names.filter((name) => isMemberName(name) && existsSync(join(folder, name)));
    const allBytes = packed.reduce((sum, name) => sum + Bun.file(join(folder, name)).size, 0);
    let manifest: Manifest | undefined;
    let doneBytes = 0;
    const archive = pack({
      folder,
      names: packed,
      signal,
      onBytes: (count) => onProgress((doneBytes += count), allBytes),
      describe: (files) =>
        (manifest = {
          format: "parley-backup",
          format_version: 1,
          parley: version,
          database_version: databaseVersion,
          created_at: new Date().toISOString(),
          rows,
          files,
          lost: [...lost],
        }),
    });
    await write(archive);
    if (!manifest) throw new Error("a backup was written that says nothing of itself");
    return manifest;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** To a file, which has its name once it is whole and on disk. */
export async function writeArchive(archive: ReadableStream<Uint8Array>, target: string): Promise<void> {
  const path = resolve(target);
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${Bun.randomUUIDv7()}.tmp`);
  try {
    await writeStream(inSteps(archive, temporary), temporary);
    await syncFile(temporary);
    await rename(temporary, path);
    await syncFolder(folder);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Gigabytes that reach the disk at once, at the end, would hold up the servers' own writes for that long. */
const syncedBytes = 32 * 1024 * 1024;

async function* inSteps(archive: ReadableStream<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of archive) {
    yield piece;
    bytes += piece.byteLength;
    if (bytes < syncedBytes) continue;
    await syncFile(path);
    bytes = 0;
  }
}
