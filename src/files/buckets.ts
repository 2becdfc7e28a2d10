import type { Log } from "../lib/log.ts";
import type { BucketProgress, BucketUpload, SkippedFile } from "../protocol/buckets.ts";
import { assertId } from "../protocol/ids.ts";
import type { Blobs } from "../store/blobs.ts";
import type { BucketFileRow, BucketRow, BucketTable, NamedBucketRow } from "../store/buckets.ts";
import { noBucket, noDocument, noFile, noMedium } from "./absent.ts";
import type { Uploaded } from "./download.ts";
import { createProgress, type Progress } from "./progress.ts";
import { type BucketText, documentsOf, readFitting, readText } from "./reading.ts";
import type { Retrieval } from "./retrieval.ts";
import { type BucketExcerpt, maxSearchedBuckets, searchBuckets, type SearchedBuckets } from "./search-buckets.ts";
import { keepUpload, type UploadOptions, type UploadParts } from "./upload.ts";

/** Files under an id of the caller's. Everything belongs to an owner; to others it does not exist. */
export interface Buckets {
  /** Adds files; they are on disk when it resolves. @throws {ApiError} where there is no room; the signal's reason */
  upload(
    owner: string,
    bucketId: string,
    uploads: readonly Uploaded[],
    options: Omit<UploadOptions, "progress">,
  ): Promise<BucketUpload>;
  /** The text of its documents, in order. @throws {ApiError} `not_found` */
  read(owner: string, bucketId: string): Promise<AsyncGenerator<Uint8Array>>;
  /** @throws {ApiError} `not_found` */
  assertThere(owner: string, bucketId: string): Promise<void>;
  /** As much of the text as a model reads: the whole, or what fits the words. @throws {ApiError} `not_found` */
  readFitting(
    owner: string,
    bucketId: string,
    limits: { readonly words: string; readonly maxTokens: number },
  ): Promise<BucketText>;
  /** Where a medium lies. @throws {ApiError} `not_found` */
  medium(owner: string, bucketId: string, name: string): Promise<BucketFileRow & { readonly path: string }>;
  /** Where a document's text lies. @throws {ApiError} `not_found` */
  document(owner: string, bucketId: string, name: string): Promise<{ readonly path: string }>;
  /** Where any of its files lies; a document's is its text. @throws {ApiError} `not_found` */
  file(owner: string, bucketId: string, name: string): Promise<BucketFileRow & { readonly path: string }>;
  /** Some of its files, after the one of that id. @throws {ApiError} `not_found` */
  page(
    owner: string,
    bucketId: string,
    after: number,
    limit: number,
  ): Promise<(BucketFileRow & { readonly id: number })[]>;
  /** Pieces of documents that hold words of these, the best first: of one bucket, or of the newest ones. @throws {ApiError} `not_found` */
  search(owner: string, words: string, where: SearchedBuckets): Promise<readonly BucketExcerpt[]>;
  /** Buckets, the newest first, from the one before that row on. */
  list(owner: string, before: number, limit: number): Promise<readonly NamedBucketRow[]>;
  /** What is in it, and what an upload that goes on adds, until it ends. @throws {ApiError} `not_found` */
  watch(owner: string, bucketId: string, signal: AbortSignal): Promise<AsyncGenerator<BucketProgress>>;
  /** @throws {ApiError} `not_found` */
  remove(owner: string, bucketId: string): Promise<void>;
}

export interface BucketsParts extends Omit<UploadParts, "blobs"> {
  readonly table: BucketTable;
  readonly blobs: Blobs;
  readonly retrieval: Retrieval;
  readonly removeThumbnail: (blob: string) => Promise<void>;
  readonly log: Log;
}

export function createBuckets(parts: BucketsParts): Buckets {
  const { table, blobs, retrieval, limits, log } = parts;
  const uploading = new Map<string, Set<Progress>>();

  return {
    async upload(owner, bucketId, uploads, options) {
      assertId("bucket_id", bucketId);
      const progress = createProgress();
      const running = uploading.get(keyOf(owner, bucketId)) ?? new Set();
      uploading.set(keyOf(owner, bucketId), running.add(progress));
      try {
        const kept = await keepUpload(uploads, parts, { ...options, progress });
        const { bucket, files } = await table
          .add(owner, bucketId, kept.files, limits)
          .catch(async (thrown: unknown) => {
            await removeBlobs(kept.files.map(({ blob }) => blob));
            throw thrown;
          });
        retrieval.index(bucket.key, documentsOf(files).map(toDocument));
        return toUpload(bucketId, files, kept.skipped);
      } catch (thrown) {
        progress.end(thrown);
        throw thrown;
      } finally {
        progress.end();
        running.delete(progress);
        if (running.size === 0) uploading.delete(keyOf(owner, bucketId));
      }
    },

    async read(owner, bucketId) {
      return readText(await table.files(await get(owner, bucketId)), blobs);
    },

    assertThere: async (owner, bucketId) => void (await get(owner, bucketId)),

    async readFitting(owner, bucketId, fitting) {
      const bucket = await get(owner, bucketId);
      return readFitting(bucket, await table.files(bucket), fitting, parts);
    },

    async medium(owner, bucketId, name) {
      const row = await table.findFile(await get(owner, bucketId), name);
      if (row?.kind !== "media") throw noMedium(bucketId, name, row !== undefined);
      return { ...row, path: blobs.path(row.blob) };
    },

    async document(owner, bucketId, name) {
      const row = await table.findFile(await get(owner, bucketId), name);
      if (row?.kind !== "document") throw noDocument(bucketId, name);
      return { path: blobs.path(row.blob) };
    },

    async file(owner, bucketId, name) {
      const row = await table.findFile(await get(owner, bucketId), name);
      if (!row) throw noFile(bucketId, name);
      return { ...row, path: blobs.path(row.blob) };
    },

    page: async (owner, bucketId, after, limit) => table.page(await get(owner, bucketId), after, limit),

    async search(owner, words, { bucketId, limit }) {
      const buckets =
        bucketId === undefined
          ? await table.list(owner, Number.MAX_SAFE_INTEGER, maxSearchedBuckets)
          : [{ ...(await get(owner, bucketId)), bucket_id: bucketId }];
      return searchBuckets(buckets, { words, limit }, parts);
    },

    list: table.list,

    async watch(owner, bucketId, signal) {
      assertId("bucket_id", bucketId);
      const running = [...(uploading.get(keyOf(owner, bucketId)) ?? [])];
      const bucket = await table.find(owner, bucketId);
      if (!bucket && running.length === 0) throw noBucket(bucketId);
      return tell(bucket ? await table.files(bucket) : [], running, signal);
    },

    async remove(owner, bucketId) {
      assertId("bucket_id", bucketId);
      const removed = await table.remove(owner, bucketId);
      if (!removed) throw noBucket(bucketId);
      retrieval.remove(removed.bucket.key);
      await removeBlobs(removed.blobs);
    },
  };

  async function get(owner: string, bucketId: string): Promise<BucketRow> {
    assertId("bucket_id", bucketId);
    const bucket = await table.find(owner, bucketId);
    if (!bucket) throw noBucket(bucketId);
    return bucket;
  }

  function toDocument({ blob, name }: BucketFileRow) {
    return { blob, name, path: blobs.path(blob) };
  }

  /** What stays after all is an orphan, which the next start removes. */
  async function removeBlobs(names: readonly string[]): Promise<void> {
    for (const name of names)
      await blobs
        .remove(name)
        // After it: a small picture that is being made looks whether there still is a large one.
        .then(() => parts.removeThumbnail(name))
        .catch((error: unknown) => log.error("a file could not be removed", { error }));
  }
}

async function* tell(
  files: readonly BucketFileRow[],
  running: readonly Progress[],
  signal: AbortSignal,
): AsyncGenerator<BucketProgress> {
  let size = 0;
  for (const file of files) {
    if (file.kind === "media") yield { action: "media", filename: file.name };
    else yield { action: "load", size: (size += file.bytes) };
  }
  for (const progress of running) {
    for await (const event of progress.watch(signal)) {
      if (event.action === "load") yield { ...event, size: (size += event.size) };
      else yield event;
    }
  }
  yield { action: "done", size };
}

/** An id can hold every other sign, but no control character. */
function keyOf(owner: string, bucketId: string): string {
  return `${owner}\n${bucketId}`;
}

function toUpload(bucketId: string, files: readonly BucketFileRow[], skipped: readonly SkippedFile[]): BucketUpload {
  const media = files.filter(({ kind }) => kind === "media");
  return {
    bucket_id: bucketId,
    files: documentsOf(files).map(({ name }) => name),
    media: media.map(({ name, width, height }) => ({
      name,
      ...(width !== null && { width }),
      ...(height !== null && { height }),
    })),
    skipped: [...skipped],
  };
}
