import { codeOf } from "../lib/error-code.ts";
import { oneLine } from "../lib/text.ts";
import { serveThread } from "../lib/thread.ts";
import { type ChunkIndex, type ChunkRow, type NewChunk, openChunkIndex } from "../store/chunks.ts";
import { chunk } from "./chunk.ts";

/**
 * The index of documents, in a thread of its own: to index a book takes a second, and to rank its pieces some
 * milliseconds. Started by `retrieval.ts` alone, and never ended but by `close`: a thread that dies within a transaction
 * would leave the file locked.
 */

export interface DocumentFile {
  readonly blob: string;
  readonly path: string;
  /** It is found by its name, too. */
  readonly name: string;
}

export type IndexOp =
  | { readonly op: "open"; readonly path: string; readonly buckets: ReadonlySet<string> }
  | { readonly op: "index"; readonly bucket: string; readonly files: readonly DocumentFile[] }
  | { readonly op: "search"; readonly bucket: string; readonly words: string; readonly limit: number }
  | { readonly op: "find"; readonly buckets: readonly string[]; readonly words: string; readonly limit: number }
  | { readonly op: "remove"; readonly bucket: string }
  | { readonly op: "close" };

export interface Found {
  /** Best first, then the beginnings. */
  readonly chunks: readonly ChunkRow[];
  /** How many pieces the bucket has in all. */
  readonly count: number;
}

let index: ChunkIndex | undefined;
/** By the documents' files. */
const beingIndexed = new Map<string, Indexing>();

interface Indexing {
  readonly bucket: string;
  readonly ended: Promise<void>;
  /** Aborts when the bucket is removed. */
  readonly stop: AbortController;
}

serveThread(obey);

async function obey(asked: IndexOp): Promise<Found | undefined> {
  if (asked.op === "open") index = openChunkIndex(asked.path);
  if (!index) throw new Error("the index is not open");
  switch (asked.op) {
    case "open":
      for (const bucket of index.buckets()) if (!asked.buckets.has(bucket)) index.remove(bucket);
      return undefined;
    case "index":
      for (const file of asked.files) await addOnce(index, asked.bucket, file);
      return undefined;
    case "search":
      return { chunks: findBest(index, asked.bucket, asked.words, asked.limit), count: index.count(asked.bucket) };
    case "find": {
      const chunks = index.search(asked.buckets, asked.words, asked.limit);
      return { chunks, count: chunks.length };
    }
    case "remove":
      for (const { bucket, stop } of beingIndexed.values()) if (bucket === asked.bucket) stop.abort();
      return void index.remove(asked.bucket);
    case "close":
      index[Symbol.dispose]();
      index = undefined;
      return undefined;
  }
}

/** Who asks for no word of the documents ("sum this up") gets their beginnings. */
function findBest(within: ChunkIndex, bucket: string, words: string, limit: number): ChunkRow[] {
  const found = within.search([bucket], words, limit);
  const isFound = new Set(found.map(({ blob, start }) => `${blob} ${start}`));
  const others = within.beginnings(bucket, limit).filter(({ blob, start }) => !isFound.has(`${blob} ${start}`));
  return [...found, ...others].slice(0, limit);
}

async function addOnce(into: ChunkIndex, bucket: string, file: DocumentFile): Promise<void> {
  const { blob } = file;
  if (into.has(blob)) return;
  const indexing = beingIndexed.get(blob) ?? begin(into, bucket, file);
  await indexing.ended;
}

function begin(into: ChunkIndex, bucket: string, file: DocumentFile): Indexing {
  const stop = new AbortController();
  const ended = add(into, bucket, file, stop.signal).finally(() => beingIndexed.delete(file.blob));
  const indexing = { bucket, ended, stop };
  beingIndexed.set(file.blob, indexing);
  return indexing;
}

function unlessMissing(thrown: unknown): undefined {
  if (codeOf(thrown) !== "ENOENT") throw thrown;
}

/** What is written between two looks at what else is asked, in pieces. */
const writtenAtOnce = 200;

/** Of a bucket that is removed meanwhile nothing is written from then on, and that its files are gone is no failure. */
async function add(
  into: ChunkIndex,
  bucket: string,
  { blob, path, name }: DocumentFile,
  removed: AbortSignal,
): Promise<void> {
  const markdown = await Bun.file(path).text().catch(unlessMissing);
  if (markdown === undefined || removed.aborted) return;
  into.begin(blob);
  let pending: NewChunk[] = [];
  for (const { heading, text, place, columns, start, length } of chunk(markdown)) {
    pending.push({
      blob,
      start,
      length,
      place: [place, toTitle(heading)].filter((each) => each !== "").join(", "),
      columns_start: columns?.start ?? 0,
      columns_length: columns?.length ?? 0,
      text: `${name}\n${heading}\n${text}`,
    });
    if (pending.length < writtenAtOnce) continue;
    into.add(bucket, pending);
    pending = [];
    await new Promise((resolve) => setImmediate(resolve));
    if (removed.aborted) return;
  }
  into.add(bucket, pending);
  into.finish(bucket, blob);
}

/** A heading, as it can stand in a mark that ends with `-->`. */
function toTitle(heading: string): string {
  return oneLine(heading.replaceAll("-->", ""), 80);
}
