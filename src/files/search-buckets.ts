import type { BucketTable, NamedBucketRow } from "../store/buckets.ts";
import type { ChunkRow } from "../store/chunks.ts";
import { documentsOf, type FitParts, readPiece } from "./reading.ts";

/** A piece of a document, and where it stands. */
export interface BucketExcerpt {
  readonly bucketId: string;
  readonly name: string;
  /** Its page or slide, and the heading that it stands under; it may be empty. */
  readonly place: string;
  readonly text: string;
}

export interface SearchedBuckets {
  /** Without it, the newest ones. */
  readonly bucketId: string | undefined;
  /** Of pieces. */
  readonly limit: number;
}

/** Who has more names the one that is meant; arbitrary. */
export const maxSearchedBuckets = 100;

export interface SearchBucketsParts extends FitParts {
  readonly table: Pick<BucketTable, "files">;
}

/** Pieces of the documents in several buckets that hold words of these, the best first. */
export async function searchBuckets(
  buckets: readonly NamedBucketRow[],
  { words, limit }: { readonly words: string; readonly limit: number },
  { table, blobs, retrieval }: SearchBucketsParts,
): Promise<readonly BucketExcerpt[]> {
  if (buckets.length === 0) return [];
  const places = new Map<string, Pick<BucketExcerpt, "bucketId" | "name">>();
  const indexed = await Promise.all(
    buckets.map(async (bucket) => {
      const documents = documentsOf(await table.files(bucket));
      for (const { blob, name } of documents) places.set(blob, { bucketId: bucket.bucket_id, name });
      return { bucket: bucket.key, files: documents.map(({ blob, name }) => ({ blob, name, path: blobs.path(blob) })) };
    }),
  );
  const { chunks } = await retrieval.find(indexed, words, limit);
  const found = await Promise.all(chunks.map(toExcerpt));
  return found.filter((each) => each !== undefined);

  /** What was removed meanwhile is not found. */
  async function toExcerpt(row: ChunkRow): Promise<BucketExcerpt | undefined> {
    const named = places.get(row.blob);
    const text = named && (await readPiece(row, blobs).catch(() => undefined));
    return named && text !== undefined ? { ...named, place: row.place, text } : undefined;
  }
}
