import { availableParallelism } from "node:os";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { Store } from "../store/index.ts";
import { ApiError } from "../protocol/errors.ts";
import { removeOrphans } from "../store/orphans.ts";
import { createBudget } from "./budget.ts";
import { createLeftovers } from "./leftovers.ts";
import { createMediaStore, type MediaStore } from "./save.ts";
import { createThumbnails, type Thumbnails } from "./thumbnail.ts";
import { openUses, type Uses } from "./uses.ts";

/** Media and their thumbnails, kept within bounds. */
export interface MediaLibrary extends AsyncDisposable {
  readonly store: MediaStore;
  readonly thumbnails: Thumbnails;
  readonly uses: Uses;
  /** For its owner. @throws {ApiError} `not_found`; `conflict` where a shared chat names it */
  remove(owner: string, name: string): Promise<void>;
}

export interface MediaLibraryParts {
  readonly store: Pick<Store, "media" | "blobs" | "thumbnails" | "thumbnailBlobs">;
  readonly clock: Clock;
  /** By which what is old goes. */
  readonly calm: Clock;
  readonly log: Log;
  readonly maxBytes: number;
  readonly keepMs: number;
}

/** By then no file that nobody names is too new to be removed. */
const leftoverMs = 61 * 60_000;

export function openMediaLibrary({ store, clock, calm, log, maxBytes, keepMs }: MediaLibraryParts): MediaLibrary {
  const { media, blobs, thumbnails, thumbnailBlobs } = store;
  const uses = openUses({ media, thumbnails, clock, log });
  const budget = createBudget({ media, blobs, thumbnails, thumbnailBlobs, uses, clock: calm, maxBytes, keepMs });
  const closing = new AbortController();
  const swept = sweep().catch((error: unknown) => log.warn("files that nothing names could not be removed", { error }));

  const small = createThumbnails({
    table: thumbnails,
    blobs: thumbnailBlobs,
    budget,
    uses,
    clock,
    log,
    atOnce: availableParallelism(),
  });

  const leftovers = createLeftovers(
    (hash) => removeFile(hash).catch((error: unknown) => log.warn("a file could not be removed", { error })),
    leftoverMs,
  );

  return {
    store: createMediaStore({ blobs, table: media, budget, clock }),
    thumbnails: small,
    uses,
    async remove(owner, name) {
      const removed = await media.removeOwn(owner, name);
      if (!removed) throw new ApiError("not_found", "there is no such medium");
      if (!removed.isNobodys) return;
      await removeFile(removed.hash);
      leftovers.add(removed.hash);
    },
    async [Symbol.asyncDispose]() {
      leftovers[Symbol.dispose]();
      closing.abort();
      await swept;
      await uses[Symbol.asyncDispose]();
    },
  };

  /** Unless somebody has the same bytes again. */
  async function removeFile(hash: string): Promise<void> {
    if ((await media.listUnknown([hash])).length === 0) return;
    await blobs.removeOrphan(hash);
    // After it: a small picture that is being made looks whether there still is a large one.
    await small.remove(hash);
  }

  async function sweep(): Promise<void> {
    await removeOrphans(blobs, media, closing.signal);
    await removeOrphans(thumbnailBlobs, thumbnails, closing.signal);
  }
}
