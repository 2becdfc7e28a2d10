import { rm } from "node:fs/promises";
import type { Log } from "../lib/log.ts";
import { openThread, type Thread, ThreadError } from "../lib/thread.ts";
import { isDamage } from "../protocol/disk-failure.ts";
import type { DocumentFile, Found, IndexOp } from "./index-worker.ts";

/** Finds pieces of the documents in buckets. What it knows can be made anew from the documents, and is, where it is lost. */
export interface Retrieval extends AsyncDisposable {
  /** Indexes what is not yet; `search` does so too, and is faster then. Never fails. */
  index(bucket: string, files: readonly DocumentFile[]): void;
  /** Those that fit the words. @throws where the index cannot be read */
  search(bucket: string, files: readonly DocumentFile[], words: string, limit: number): Promise<Found>;
  /** Those of several buckets that hold words of these, the best first. @throws as `search` */
  find(buckets: readonly IndexedBucket[], words: string, limit: number): Promise<Found>;
  /** Never fails. */
  remove(bucket: string): void;
}

/** A bucket, and the documents in it. */
export interface IndexedBucket {
  readonly bucket: string;
  readonly files: readonly DocumentFile[];
}

export interface RetrievalParts {
  /** Of the index. */
  readonly path: string;
  /** The buckets that there are: the others' pieces are forgotten. */
  readonly buckets: () => Promise<ReadonlySet<string>>;
  readonly log: Log;
}

/** Whether an index is to be made anew. One that is busy, or that the machine cannot read just now, is another server's too. */
function isUseless(error: unknown): boolean {
  return (
    error instanceof ThreadError &&
    !/^(SQLITE_(BUSY|LOCKED|CANTOPEN|FULL|IOERR|NOMEM|PERM|READONLY)|E)/.test(error.code)
  );
}

type IndexThread = Thread<IndexOp, Found | undefined>;

/** Starts its thread when it is first asked. */
export function openRetrieval({ path, buckets, log }: RetrievalParts): Retrieval {
  let starting: Promise<IndexThread> | undefined;
  let isClosed = false;

  const closed = new Error("the index of documents was closed");
  // What is closed before it is written is indexed when it is searched next.
  const forgive = (error: unknown) =>
    void (error === closed || log.error("the index of documents could not be written", { error }));

  return {
    index: (bucket, files) => void ask({ op: "index", bucket, files }).catch(forgive),
    search: (bucket, files, words, limit) => askIndexed([{ bucket, files }], { op: "search", bucket, words, limit }),
    find: (buckets, words, limit) =>
      askIndexed(buckets, { op: "find", buckets: buckets.map(({ bucket }) => bucket), words, limit }),
    remove: (bucket) => void ask({ op: "remove", bucket }).catch(forgive),
    async [Symbol.asyncDispose]() {
      isClosed = true;
      await close(starting);
    },
  };

  async function askIndexed(buckets: readonly IndexedBucket[], asked: IndexOp): Promise<Found> {
    const thread = open();
    await thread;
    return search(buckets, asked).catch(async (error: unknown) => {
      // Where another has replaced it meanwhile, that is why.
      if (starting === thread && !isDamage(error)) throw error;
      await remake(thread, error);
      return search(buckets, asked);
    });
  }

  async function search(buckets: readonly IndexedBucket[], asked: IndexOp): Promise<Found> {
    for (const { bucket, files } of buckets) await ask({ op: "index", bucket, files });
    return (await ask(asked)) ?? { chunks: [], count: 0 };
  }

  /** Of several that meet the damage one makes the index anew; the others wait for it. */
  async function remake(damaged: Promise<IndexThread> | undefined, error: unknown): Promise<void> {
    if (starting === damaged) {
      log.warn("the index of documents is damaged, and is made anew", { error });
      starting = close(damaged).then(removeFiles).then(start);
    }
    await starting;
  }

  async function close(running: Promise<IndexThread> | undefined): Promise<void> {
    const thread = await running?.catch(() => undefined);
    if (!thread) return;
    await thread.ask({ op: "close" }).catch(forgive);
    thread.end(closed);
  }

  async function removeFiles(): Promise<void> {
    await Promise.all(["", "-wal", "-shm"].map((end) => rm(path + end, { force: true })));
  }

  async function ask(asked: IndexOp): Promise<Found | undefined> {
    return (await open()).ask(asked);
  }

  /** Never again once it is closed: a file that is opened then nobody closes. */
  function open(): Promise<IndexThread> {
    return isClosed ? Promise.reject(closed) : (starting ??= start());
  }

  async function start(): Promise<IndexThread> {
    const url = new URL("./index-worker.ts", import.meta.url);
    const thread: IndexThread = openThread(url, () => (starting = undefined));
    try {
      const open = { op: "open", path, buckets: await buckets() } as const;
      await thread.ask(open).catch(async (error: unknown) => {
        if (!isUseless(error)) throw error;
        log.warn("the index of documents could not be opened, and is made anew", { error });
        await removeFiles();
        await thread.ask(open);
      });
      return thread;
    } catch (thrown) {
      // Whoever asks next tries again.
      starting = undefined;
      thread.end(closed);
      throw thrown;
    }
  }
}
