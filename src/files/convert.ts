import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { mapParallel } from "../lib/parallel.ts";
import { startChild } from "./convert-child.ts";
import type { ConvertJob, ConvertLimits, PageOrigin } from "./convert-file.ts";
import type { ConvertResult } from "./convert-process.ts";
import type { Outcome, Piece } from "./outcome.ts";
import { createPool } from "./pool.ts";
import { Unconvertible } from "./unconvertible.ts";

/** Makes Markdown of documents, in processes of their own, within limits of time and memory. */
export interface Converter extends Disposable {
  /**
   * What became of a file: of itself, or of each member of an archive or a mail, in order. It never fails for what is in
   * it: that is a `skipped`. Where it throws, nothing that it made is left in `folder`.
   *
   * New files have generated names; what is on disk of them has its name there once the caller has synced the folder.
   *
   * @throws the signal's reason
   * @throws what the file system throws: a full disk is no fault of the file's
   */
  convert(file: UploadedFile, folder: string, signal: AbortSignal): Promise<readonly Outcome[]>;
  /** There will soon be something to convert, for somebody who waits. */
  warm(): void;
}

export interface UploadedFile {
  readonly path: string;
  /** As it was uploaded: data, never a path. */
  readonly name: string;
  /** If it is a page of the web: then it becomes one document at most, of the text that it is there for. */
  readonly page?: PageOrigin;
}

export interface ConverterOptions {
  /** How many processes at most; there are none before there is work. */
  readonly workers: number;
  /** Of one file, and of each member by itself, from when a process takes it up. */
  readonly timeoutMs: number;
  /** Of each process. */
  readonly maxMemoryBytes: number;
  readonly limits: ConvertLimits;
  /** Whether what is made is on disk when it is told of; otherwise it is for somebody who only reads it. */
  readonly isSynced?: boolean;
}

/** Processes end after so long without work. */
const idleMs = 30_000;

export function createConverter({
  workers,
  timeoutMs,
  maxMemoryBytes,
  limits,
  isSynced = false,
}: ConverterOptions): Converter {
  const pool = createPool<ConvertJob, ConvertResult>({
    start: () => startChild(maxMemoryBytes),
    hands: workers,
    timeoutMs,
    idleMs,
  });

  return {
    async convert(file, folder, signal) {
      // The first failure ends the others.
      const stop = new AbortController();
      const task: Task = { folder, signal: AbortSignal.any([signal, stop.signal]), ids: [] };
      try {
        const pieces = await convertOne(file, false, task);
        // No more at a time, so that an archive of thousands leaves room for others.
        const outcomes = await mapParallel(pieces, workers, (piece) =>
          finish(piece, task).catch((error: unknown) => {
            stop.abort(error);
            throw error;
          }),
        );
        return outcomes.flat();
      } catch (error) {
        await removeAll(folder, task.ids);
        throw error;
      }
    },
    warm: () => pool.warm(),
    [Symbol.dispose]: () => pool[Symbol.dispose](),
  };

  async function convertOne(file: UploadedFile, isMember: boolean, task: Task): Promise<readonly Piece[]> {
    const id = Bun.randomUUIDv7();
    task.ids.push(id);
    const { path, name, page } = file;
    const job = { path, name, id, folder: task.folder, isMember, limits, isSynced, ...(page && { page }) };
    try {
      const result = await pool.run(job, task.signal);
      if ("pieces" in result) return result.pieces;
      throw toFailure(result.failure);
    } catch (error) {
      if (!(error instanceof Unconvertible)) throw error;
      await removeAll(task.folder, [id]);
      return [{ kind: "skipped", name, reason: error.message }];
    }
  }

  /** A member's file is kept if it is a medium; of any other, only what was made of it. */
  async function finish(piece: Piece, task: Task): Promise<readonly Outcome[]> {
    if (piece.kind !== "member") return [piece];
    const pieces = await convertOne(piece, true, task);
    const outcomes = pieces.filter((each) => each.kind !== "member");
    if (!outcomes.some((each) => each.kind === "media")) await rm(piece.path, { force: true });
    return outcomes;
  }
}

/** One call: its files are found by the ids of its jobs. */
interface Task {
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly ids: string[];
}

/** As if the system had thrown it here. */
function toFailure(code: string): Error {
  return Object.assign(new Error(`a file could not be converted: ${code}`), { code });
}

/** All that jobs have written, by their ids; the folder has other files too. */
async function removeAll(folder: string, ids: readonly string[]): Promise<void> {
  const wanted = new Set(ids);
  for (const name of await readdir(folder).catch((): string[] => [])) {
    if (wanted.has(name.replace(/\..*/, ""))) await rm(join(folder, name), { force: true });
  }
}
