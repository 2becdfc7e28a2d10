import { rm } from "node:fs/promises";
import type { Log } from "../lib/log.ts";
import type { DocumentFile, Found, IndexAnswer, IndexFailure, IndexOp, IndexQuestion } from "./index-worker.ts";

/** Finds pieces of the documents in buckets. What it knows can be made anew from the documents, and is, where it is lost. */
export interface Retrieval extends AsyncDisposable {
  /** Indexes what is not yet; `search` does so too, and is faster then. Never fails. */
  index(bucket: string, files: readonly DocumentFile[]): void;
  /** Those that fit the words. @throws where the index cannot be read */
  search(bucket: string, files: readonly DocumentFile[], words: string, limit: number): Promise<Found>;
  /** Never fails. */
  remove(bucket: string): void;
}

export interface RetrievalParts {
  /** Of the index. */
  readonly path: string;
  /** The buckets that there are: the others' pieces are forgotten. */
  readonly buckets: () => Promise<ReadonlySet<string>>;
  readonly log: Log;
}

class IndexError extends Error {
  readonly code: string;

  constructor({ message, code }: IndexFailure) {
    super(message);
    this.code = code;
  }
}

/** Whether an index is to be made anew. One that is busy, or that the machine cannot read just now, is another server's too. */
function isUseless(error: unknown): boolean {
  return (
    error instanceof IndexError && !/^(SQLITE_(BUSY|LOCKED|CANTOPEN|FULL|IOERR|NOMEM|PERM|READONLY)|E)/.test(error.code)
  );
}

function isDamaged(error: unknown): boolean {
  return error instanceof IndexError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);
}

interface Search {
  readonly bucket: string;
  readonly files: readonly DocumentFile[];
  readonly words: string;
  readonly limit: number;
}

/** Starts its thread when it is first asked. */
export function openRetrieval({ path, buckets, log }: RetrievalParts): Retrieval {
  const waiting = new Map<number, { resolve(found: Found | undefined): void; reject(error: Error): void }>();
  let starting: Promise<Worker> | undefined;
  let count = 0;

  const closed = new Error("the index of documents was closed");
  // What is closed before it is written is indexed when it is searched next.
  const forgive = (error: unknown) =>
    void (error === closed || log.error("the index of documents could not be written", { error }));

  return {
    index: (bucket, files) => void ask({ op: "index", bucket, files }).catch(forgive),
    async search(bucket, files, words, limit) {
      const asked = { bucket, files, words, limit };
      const worker = (starting ??= start());
      await worker;
      return search(asked).catch(async (error: unknown) => {
        // Where another has replaced it meanwhile, that is why.
        if (starting === worker && !isDamaged(error)) throw error;
        await remake(worker, error);
        return search(asked);
      });
    },
    remove: (bucket) => void ask({ op: "remove", bucket }).catch(forgive),
    async [Symbol.asyncDispose]() {
      await close(starting);
    },
  };

  async function search({ bucket, files, words, limit }: Search): Promise<Found> {
    await ask({ op: "index", bucket, files });
    return (await ask({ op: "search", bucket, words, limit })) ?? { chunks: [], count: 0 };
  }

  /** Of several that meet the damage one makes the index anew; the others wait for it. */
  async function remake(damaged: Promise<Worker> | undefined, error: unknown): Promise<void> {
    if (starting === damaged) {
      log.warn("the index of documents is damaged, and is made anew", { error });
      starting = close(damaged).then(removeFiles).then(start);
    }
    await starting;
  }

  async function close(running: Promise<Worker> | undefined): Promise<void> {
    const worker = await running?.catch(() => undefined);
    if (!worker) return;
    await send(worker, { op: "close" }).catch(forgive);
    worker.terminate();
    giveUp(closed);
  }

  /** What a worker that is no more was still asked. */
  function giveUp(reason: Error): void {
    for (const { reject } of waiting.values()) reject(reason);
    waiting.clear();
  }

  async function removeFiles(): Promise<void> {
    await Promise.all(["", "-wal", "-shm"].map((end) => rm(path + end, { force: true })));
  }

  async function ask(asked: IndexOp): Promise<Found | undefined> {
    starting ??= start();
    return send(await starting, asked);
  }

  async function start(): Promise<Worker> {
    const worker = new Worker(new URL("./index-worker.ts", import.meta.url).href, { ref: false });
    worker.addEventListener("message", ({ data }: MessageEvent<IndexAnswer>) => {
      const { id, found, failure } = data;
      const asked = waiting.get(id);
      waiting.delete(id);
      if (failure === undefined) asked?.resolve(found);
      else asked?.reject(new IndexError(failure));
    });
    worker.addEventListener("error", ({ message }) => {
      starting = undefined;
      giveUp(new Error(message));
    });
    try {
      const open = { op: "open", path, buckets: await buckets() } as const;
      await send(worker, open).catch(async (error: unknown) => {
        if (!isUseless(error)) throw error;
        log.warn("the index of documents could not be opened, and is made anew", { error });
        await removeFiles();
        await send(worker, open);
      });
      return worker;
    } catch (thrown) {
      // Whoever asks next tries again.
      starting = undefined;
      worker.terminate();
      throw thrown;
    }
  }

  function send(worker: Worker, asked: IndexOp): Promise<Found | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<Found | undefined>();
    const id = count++;
    waiting.set(id, { resolve, reject });
    worker.postMessage({ id, asked } satisfies IndexQuestion);
    return promise;
  }
}
