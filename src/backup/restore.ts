import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { listOccupied, openExchange } from "../store/exchange.ts";
import { databaseName } from "../store/layout.ts";
import { openPresence } from "../store/presence.ts";
import { findDamage, isKnownVersion, readContents } from "../store/snapshot.ts";
import { syncTree } from "../store/sync.ts";
import { BackupError } from "./error.ts";
import type { Manifest } from "./manifest.ts";
import { unpack } from "./unpack.ts";

export interface RestoreOptions {
  readonly archive: AsyncIterable<Uint8Array>;
  /** The data directory. */
  readonly directory: string;
  /** Whether what is there goes aside; else there may be nothing. */
  readonly force: boolean;
}

export interface Restored {
  readonly manifest: Manifest;
  /** Where what was there is now. */
  readonly aside: string | undefined;
}

/** Puts a backup into the data directory: all of it, or nothing is touched. @throws {BackupError} that says why not */
export async function restoreBackup({ archive, directory, force }: RestoreOptions): Promise<Restored> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  using presence = openPresence(directory);
  using exchange = openExchange(directory);
  if (presence.living().size > 1)
    throw new BackupError(`another Parley uses ${directory}: stop the server, or wait until its backup is made`);
  if (!force && listOccupied(directory).length > 0)
    throw new BackupError(
      `${directory} is in use: --force puts what is there aside, or take another directory with --data-dir`,
    );
  const { folder } = exchange;
  const manifest = await unpackSound(archive, folder);
  await syncTree(folder);
  return { manifest, aside: exchange.commit() };
}

async function unpackSound(archive: AsyncIterable<Uint8Array>, folder: string): Promise<Manifest> {
  try {
    const manifest = await unpack(archive, folder);
    assertSound(folder, manifest);
    return manifest;
  } catch (thrown) {
    throw thrown instanceof BackupError ? new BackupError(`the backup cannot be used: ${thrown.message}`) : thrown;
  }
}

function assertSound(folder: string, { database_version, parley, lost, files }: Manifest): void {
  if (!isKnownVersion(database_version))
    throw new BackupError(`it was written by a newer Parley, ${parley}: use that version, or a later one`);
  const database = join(folder, databaseName);
  const [damage] = findDamage(database);
  if (damage !== undefined) throw new BackupError(`its database is damaged: ${damage}`);
  const { version, blobs } = readContents(database);
  if (version !== database_version) throw new BackupError("its database is of another version than it says");
  const known = new Set([...lost, ...files.map(({ name }) => name)]);
  if (!blobs.isSubsetOf(known)) throw new BackupError("its database names files that it does not hold");
}
