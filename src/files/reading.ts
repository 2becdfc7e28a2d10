import { open } from "node:fs/promises";
import { countTokens, createTokenCounter } from "../lib/text.ts";
import type { Blobs } from "../store/blobs.ts";
import type { BucketFileRow, BucketRow } from "../store/buckets.ts";
import type { ChunkRow } from "../store/chunks.ts";
import type { Retrieval } from "./retrieval.ts";

/** The text of every document, in order, each between two marks. */
export async function* readText(files: readonly BucketFileRow[], blobs: Blobs): AsyncGenerator<Uint8Array> {
  let small: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of readPieces(files, blobs)) {
    small.push(piece);
    bytes += piece.byteLength;
    if (bytes < gatheredBytes) continue;
    yield small.length === 1 ? piece : Buffer.concat(small);
    small = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(small);
}

/** Thousands of short documents would be thousands of pieces, each with a way of its own to the reader. */
const gatheredBytes = 64 * 1024;

/** Read at once; the disk is another thread's, and copying it takes less than a millisecond. */
const readAtOnce = 512 * 1024;

async function* readPieces(files: readonly BucketFileRow[], blobs: Blobs): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const { name, blob, bytes } of documentsOf(files)) {
    yield encoder.encode(begin(name));
    const path = blobs.path(blob);
    if (bytes <= readAtOnce) yield await Bun.file(path).bytes();
    else yield* readLarge(path);
    yield encoder.encode(end);
  }
}

/** Not by Bun's own stream of a file: it reads all of it, and the next file too, before anybody else gets a turn. */
async function* readLarge(path: string): AsyncGenerator<Uint8Array> {
  await using file = await open(path);
  for (;;) {
    const { bytesRead, buffer } = await file.read(new Uint8Array(readAtOnce));
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

export function documentsOf(files: readonly BucketFileRow[]): BucketFileRow[] {
  return files.filter(({ kind }) => kind === "document");
}

/** The documents of a bucket as a model gets them. */
export interface BucketText {
  readonly text: string;
  readonly tokens: number;
  /** How many of the pieces these are, where they are not all. */
  readonly shown?: { readonly pieces: number; readonly of: number };
}

export interface FitParts {
  readonly blobs: Blobs;
  readonly retrieval: Retrieval;
}

/** The least tokens that a byte of text is: three bytes are a Chinese character, and four are most of a word. */
const leastTokensPerByte = 0.2;

/** More are not looked through, whatever a model reads; arbitrary. */
const maxPieces = 5_000;

/** The whole where that is no longer than `maxTokens`; else the pieces that fit the words best, then the beginnings. */
export async function readFitting(
  bucket: BucketRow,
  files: readonly BucketFileRow[],
  { words, maxTokens }: { readonly words: string; readonly maxTokens: number },
  { blobs, retrieval }: FitParts,
): Promise<BucketText> {
  const documents = documentsOf(files);
  const bytes = documents.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes * leastTokensPerByte <= maxTokens) {
    const counter = createTokenCounter();
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    const texts: string[] = [];
    // Piece by piece: of some megabytes all at once nobody else would get a turn meanwhile.
    for await (const piece of readText(documents, blobs)) {
      const text = decoder.decode(piece, { stream: true });
      counter.add(text);
      texts.push(text);
    }
    const { tokens } = counter;
    if (tokens <= maxTokens) return { text: texts.join(""), tokens };
  }
  const indexed = documents.map(({ blob, name }) => ({ blob, name, path: blobs.path(blob) }));
  const names = new Map(documents.map(({ blob, name }) => [blob, name]));
  const { chunks, count } = await retrieval.search(bucket.key, indexed, words, maxPieces);
  const chosen = await chooseThatFit(chunks, maxTokens);
  const text = toExcerpts(chosen);
  return { text, tokens: countTokens(text), shown: { pieces: chosen.length, of: count } };

  async function chooseThatFit(best: readonly ChunkRow[], limit: number): Promise<Excerpt[]> {
    const found: Excerpt[] = [];
    let tokens = countTokens(howToCite);
    for (const row of best) {
      const name = names.get(row.blob);
      if (name === undefined) continue;
      const title = row.place === "" ? name : `${name}, ${row.place}`;
      const excerpt = { ...row, title, text: await readPiece(row, blobs) };
      tokens += countTokens(toMarked(excerpt.title, excerpt.text));
      if (tokens > limit) break;
      found.push(excerpt);
    }
    return found;
  }

  /** In the order in which they stand in the documents, whichever fits best. */
  function toExcerpts(chosen: readonly Excerpt[]): string {
    const order = new Map(documents.map(({ blob }, index) => [blob, index]));
    const placeOf = ({ blob }: Excerpt) => order.get(blob) ?? 0;
    const inOrder = chosen.toSorted((a, b) => placeOf(a) - placeOf(b) || a.start - b.start);
    return howToCite + inOrder.map(({ title, text }) => toMarked(title, text)).join("");
  }
}

/** A piece of a document; of a table, with the names of its columns. */
export async function readPiece(row: ChunkRow, blobs: Blobs): Promise<string> {
  const file = Bun.file(blobs.path(row.blob));
  const columns = await file.slice(row.columns_start, row.columns_start + row.columns_length).text();
  const text = await file.slice(row.start, row.start + row.length).text();
  return columns + text.trim();
}

interface Excerpt extends ChunkRow {
  readonly title: string;
  readonly text: string;
}

const howToCite =
  "These are excerpts of files, those that fit the question best; name the file, and the page or heading where there is one, for what you take from them.\n\n";

/** A text between its marks. */
export function toMarked(name: string, text: string): string {
  return begin(name) + text + end;
}

function begin(name: string): string {
  return `<!-- File: ${name} -->\n`;
}

const end = "\n<!-- End -->\n\n";
