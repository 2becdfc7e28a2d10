import { availableParallelism } from "node:os";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { Store } from "../store/index.ts";
import { removeOrphans } from "../store/orphans.ts";
import { createBudget } from "./budget.ts";
import { createMediaStore, type MediaStore } from "./save.ts";
import { createThumbnails, type Thumbnails } from "./thumbnail.ts";
import { openUses, type Uses } from "./uses.ts";

/** Media and their thumbnails, kept within bounds. */
export interface MediaLibrary extends AsyncDisposable {
  readonly store: MediaStore;
  readonly thumbnails: Thumbnails;
  readonly uses: Uses;
}

export interface MediaLibraryParts {
  readonly store: Pick<Store, "media" | "blobs" | "thumbnails" | "thumbnailBlobs">;
  readonly clock: Clock;
  readonly log: Log;
  readonly maxBytes: number;
  readonly keepMs: number;
}

export function openMediaLibrary({ store, clock, log, maxBytes, keepMs }: MediaLibraryParts): MediaLibrary {
  const { media, blobs, thumbnails, thumbnailBlobs } = store;
  const uses = openUses({ media, thumbnails, clock, log });
  const budget = createBudget({ media, blobs, thumbnails, thumbnailBlobs, uses, clock, maxBytes, keepMs });
  const closing = new AbortController();
  const swept = sweep().catch((error: unknown) => log.warn("files that nothing names could not be removed", { error }));

  return {
    store: createMediaStore({ blobs, table: media, budget, clock }),
    thumbnails: createThumbnails({
      table: thumbnails,
      blobs: thumbnailBlobs,
      budget,
      uses,
      clock,
      log,
      atOnce: availableParallelism(),
    }),
    uses,
    async [Symbol.asyncDispose]() {
      closing.abort();
      await swept;
      await uses[Symbol.asyncDispose]();
    },
  };

  async function sweep(): Promise<void> {
    await removeOrphans(blobs, media, closing.signal);
    await removeOrphans(thumbnailBlobs, thumbnails, closing.signal);
  }
}
