import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { opendir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { mapParallel } from "../lib/parallel.ts";
import type { Disk } from "./disk.ts";
import { receive, type Received, type Written, writeStream } from "./receive.ts";
import { createSyncs, syncedAtOnce, type Syncs } from "./sync.ts";

/** Files of one folder, each whole or not there. Names are ours: nothing from outside is ever a path. */
export interface Blobs {
  /** On disk, its name too, when it resolves. */
  save(name: string, bytes: Uint8Array): Promise<void>;
  /**
   * Writes a stream to a temporary file, at the stream's own pace. Whoever asked adopts the file, or discards it; where
   * a crash comes first, a later start does. If the stream fails, nothing stays.
   */
  receive(stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Received>;
  /** The same without a digest, which costs a second of the processor's for each gigabyte. */
  write(stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Written>;
  /** Gives a file at a temporary path its name, over one that has it. On disk, its name too, when it resolves. */
  adopt(temporaryPath: string, name: string): Promise<void>;
  /** The same of many at once. If it fails, some may have their names, none its temporary path. */
  adoptAll(files: readonly Adopted[]): Promise<void>;
  /** Removes a file at a temporary path, unless it was adopted. */
  discard(temporaryPath: string): Promise<void>;
  /** One that is not there is removed already. */
  remove(name: string): Promise<void>;
  /** Removes a file that nothing names, unless it is so new that what names it may be on its way. */
  removeOrphan(name: string): Promise<void>;
  /** The names of all, so many at a time. */
  list(atOnce: number): AsyncGenerator<string[]>;
  path(name: string): string;
}

/** A file at a temporary path, and the name that it gets. */
export interface Adopted {
  readonly path: string;
  readonly name: string;
  /** Whether what it holds is on disk already. */
  readonly isOnDisk: boolean;
}

export interface BlobsOptions {
  /** What was written to since may be another server's; in milliseconds since 1970. */
  readonly abandonedBefore?: number | undefined;
  readonly syncs?: Syncs;
  /** Told what could not be written. */
  readonly disk?: Pick<Disk, "note">;
}

/** Opens a folder, which is made if it is missing, and rid of what a crash left half-written. */
export function openBlobs(
  folder: string,
  { abandonedBefore = Date.now() - abandonedMs, syncs = createSyncs("power"), disk }: BlobsOptions = {},
): Blobs {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  sweep(folder, abandonedBefore);
  const path = (name: string) => join(folder, name);
  const temporary = () => path(`.${Bun.randomUUIDv7()}.tmp`);
  return {
    path,
    receive: (stream) => noting(receive(stream, temporary())),
    write: (stream) => noting(writeStream(stream, temporary())),
    remove: (name) => rm(path(name), { force: true }),
    async removeOrphan(name) {
      const { mtimeMs = Infinity } = (await stat(path(name)).catch(() => undefined)) ?? {};
      if (mtimeMs < Date.now() - abandonedMs) await rm(path(name), { force: true });
    },
    async *list(atOnce) {
      let names: string[] = [];
      for await (const { name } of await opendir(folder)) {
        if (!isTemporary(name)) names.push(name);
        if (names.length < atOnce) continue;
        yield names;
        names = [];
      }
      yield names;
    },
    async save(name, bytes) {
      const { path } = await noting(writeStream([bytes], temporary()));
      await noting(adoptAll([{ path, name, isOnDisk: false }]));
    },
    adopt: (temporaryPath, name) => noting(adoptAll([{ path: temporaryPath, name, isOnDisk: false }])),
    adoptAll: (files) => noting(adoptAll(files)),
    discard: (temporaryPath) => rm(temporaryPath, { force: true }),
  };

  async function noting<T>(writing: Promise<T>): Promise<T> {
    return writing.catch((thrown: unknown) => {
      disk?.note(thrown);
      throw thrown;
    });
  }

  /** The folder is synced once for all. */
  async function adoptAll(files: readonly Adopted[]): Promise<void> {
    try {
      await mapParallel(files, syncedAtOnce, async ({ path: temporaryPath, name, isOnDisk }) => {
        if (!isOnDisk) await syncs.file(temporaryPath);
        await rename(temporaryPath, path(name));
      });
      if (files.length > 0) await syncs.folder(folder);
    } catch (error) {
      for (const { path: temporaryPath } of files) await rm(temporaryPath, { force: true });
      throw error;
    }
  }
}

/** What is older is surely nobody's. */
const abandonedMs = 60 * 60_000;

function sweep(folder: string, abandonedBefore: number): void {
  for (const name of readdirSync(folder).filter(isTemporary)) {
    const path = join(folder, name);
    const { mtimeMs = Infinity } = statSync(path, { throwIfNoEntry: false }) ?? {};
    if (mtimeMs < abandonedBefore) rmSync(path, { force: true });
  }
}

function isTemporary(name: string): boolean {
  return /^\..*\.tmp$/.test(name);
}
