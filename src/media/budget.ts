import { createSemaphore } from "../lib/semaphore.ts";
import type { Clock } from "../lib/clock.ts";
import { ApiError } from "../protocol/errors.ts";
import type { Blobs } from "../store/blobs.ts";
import type { MediaTable } from "../store/media.ts";
import type { ThumbnailTable } from "../store/thumbnails.ts";
import type { Uses } from "./uses.ts";

/** What media and thumbnails may take on disk together. */
export interface Budget {
  /**
   * Sets so many bytes aside until it is disposed, by when a row should count them. Where room is short, the thumbnails
   * that were used least recently make it, then the media that have expired; others never do.
   *
   * @throws {ApiError} `storage_full`
   */
  take(bytes: number): Promise<Disposable>;
}

export interface BudgetParts {
  readonly media: MediaTable;
  readonly blobs: Blobs;
  readonly thumbnails: ThumbnailTable;
  readonly thumbnailBlobs: Blobs;
  readonly uses: Uses;
  readonly clock: Clock;
  readonly maxBytes: number;
  /** How long after its last use a medium is safe, in milliseconds; Infinity for ever. */
  readonly keepMs: number;
}

/** How many may go before the sum is looked at again. */
const atOnce = 50;

export function createBudget({
  media,
  blobs,
  thumbnails,
  thumbnailBlobs,
  uses,
  clock,
  maxBytes,
  keepMs,
}: BudgetParts): Budget {
  let taken = 0;
  // One at a time, so that two do not make room for the same bytes.
  const turn = createSemaphore(1);
  const missing = (bytes: number) => media.totalBytes() + thumbnails.totalBytes() + taken + bytes - maxBytes;

  return {
    take: (bytes) =>
      turn.run(async () => {
        if (missing(bytes) > 0) await makeRoom(bytes);
        taken += bytes;
        return { [Symbol.dispose]: () => void (taken -= bytes) };
      }),
  };

  async function makeRoom(bytes: number): Promise<void> {
    await uses.flush();
    while (missing(bytes) > 0)
      if (!(await removeThumbnails(missing(bytes))) && !(await removeExpired(missing(bytes))))
        throw new ApiError(
          "storage_full",
          "there is no room for another picture, film or sound: raise max_media, or let older ones go with media_retention",
        );
  }

  /** Gives whether there were any. */
  async function removeThumbnails(wanted: number): Promise<boolean> {
    const rows = await thumbnails.listLeastUsed(atOnce);
    for (const { hash } of upTo(rows, wanted)) {
      // The row first: a crash in between leaves a file that nothing names, which the next start removes.
      await thumbnails.remove(hash);
      await thumbnailBlobs.remove(hash);
    }
    return rows.length > 0;
  }

  async function removeExpired(wanted: number): Promise<boolean> {
    const rows = await media.listExpired(clock() - keepMs, atOnce);
    for (const { name, hash } of upTo(rows, wanted)) {
      const isNobodys = await media.remove(name);
      // A file that has just been written anew belongs to somebody whose row is on its way.
      if (isNobodys) await blobs.removeOrphan(hash);
    }
    return rows.length > 0;
  }
}

/** The first of them, as many as are needed for so many bytes. */
function* upTo<T extends { readonly bytes: number }>(rows: readonly T[], wanted: number): Generator<T> {
  let left = wanted;
  for (const row of rows) {
    if (left <= 0) return;
    left -= row.bytes;
    yield row;
  }
}
