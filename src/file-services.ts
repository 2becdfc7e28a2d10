import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Config } from "./config/load.ts";
import { type Buckets, createBuckets } from "./files/buckets.ts";
import { createConverter } from "./files/convert.ts";
import { openRetrieval } from "./files/retrieval.ts";
import type { Clock } from "./lib/clock.ts";
import type { Log } from "./lib/log.ts";
import type { Thumbnails } from "./media/thumbnail.ts";
import { ApiError } from "./protocol/errors.ts";
import type { BringInParts } from "./runs/attachments/bring-in.ts";
import { createDocumentReader } from "./runs/attachments/document-text.ts";
import { fetchMedium } from "./search/named-medium.ts";
import type { Pages } from "./search/page.ts";
import { removeOrphans } from "./store/orphans.ts";
import type { Store } from "./store/index.ts";

/** What has to do with files: buckets, and what the messages of conversations name. */
export interface FileServices extends AsyncDisposable {
  readonly buckets: Buckets;
  readonly attachments: BringInParts;
}

export interface FileServicesParts {
  readonly config: Config;
  readonly store: Store;
  readonly pages: Pages;
  readonly thumbnails: Thumbnails;
  readonly clock: Clock;
  readonly log: Log;
}

/** Of one address of a message, and of one that goes into a bucket. */
const messageLimits = { maxBytes: 32 * 1024 * 1024, timeoutMs: 30_000 };
const downloadTimeoutMs = 120_000;

export function openFileServices({ config, store, pages, thumbnails, clock, log }: FileServicesParts): FileServices {
  const { files: blobs, scratch, buckets: table, media } = store;
  const converter = createConverter({
    // Two at least, so that a document that takes long does not hold up all others.
    workers: Math.max(2, availableParallelism()),
    timeoutMs: config.convert_timeout * 1000,
    maxMemoryBytes: 1024 ** 3,
    limits: {
      maxDocumentBytes: config.max_document,
      maxBytes: config.max_archive,
      maxEntries: config.max_archive_members,
      maxRatio: 200,
    },
    isSynced: config.durability === "power",
  });
  const retrieval = openRetrieval({ path: join(config.data_dir, "index.db"), buckets: table.keys, log });
  const buckets = createBuckets({
    table,
    blobs,
    scratch,
    converter,
    retrieval,
    removeThumbnail: thumbnails.remove,
    clock,
    log,
    limits: { maxBucketBytes: config.max_bucket, maxTotalBytes: config.max_files },
    async download(address, signal) {
      using page = await pages.open(address, { signal, maxBytes: config.max_upload, timeoutMs: downloadTimeoutMs });
      const { path } = await scratch.write(page.pieces);
      return { path, type: page.type };
    },
  });
  const closing = new AbortController();
  const swept = removeOrphans(blobs, table, closing.signal).catch((error: unknown) =>
    log.warn("files that no bucket has could not be removed", { error }),
  );
  return {
    buckets,
    attachments: {
      buckets,
      documents: createDocumentReader({ converter, scratch }),
      readAddress: (address, signal) => fetchMedium(pages, address, { ...messageLimits, signal }),
      async findMedium(owner, name) {
        const row = await media.find(name);
        if (row?.owner !== owner) throw new ApiError("not_found", "there is no such medium");
        return { path: store.blobs.path(row.hash), type: row.type, bytes: row.bytes };
      },
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await swept;
      converter[Symbol.dispose]();
      await retrieval[Symbol.asyncDispose]();
    },
  };
}
