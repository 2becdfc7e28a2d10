import { stat } from "node:fs/promises";
import { BoundedMap } from "../lib/bounded-map.ts";
import type { Clock } from "../lib/clock.ts";
import { codeOf } from "../lib/error-code.ts";
import type { Log } from "../lib/log.ts";
import { createSemaphore } from "../lib/semaphore.ts";
import type { Blobs } from "../store/blobs.ts";
import type { ThumbnailRow, ThumbnailTable } from "../store/thumbnails.ts";
import type { Budget } from "./budget.ts";
import { isReadablePicture, maxPixels } from "../lib/picture.ts";
import type { Uses } from "./uses.ts";

/** Thumbnails fit into a square of so many pixels. */
export const thumbnailSize = 400;

/** A picture that may be shown small. */
export interface Pictured {
  /** SHA-256 of its bytes, in hex. */
  readonly hash: string;
  readonly path: string;
  readonly type: string;
}

export interface Thumbnail {
  readonly path: string;
  readonly type: "image/webp";
  readonly bytes: number;
  readonly etag: string;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
}

/** Small pictures, each made once. */
export interface Thumbnails {
  /**
   * Upright, at most 400 × 400 pixels, never larger than the picture itself. Nothing where the picture cannot be read
   * here, is no picture, or cannot be kept for want of room: then it is shown as it is.
   */
  find(picture: Pictured): Promise<Thumbnail | undefined>;
  /** Of a picture that is no more. */
  remove(hash: string): Promise<void>;
}

export interface ThumbnailParts {
  readonly table: ThumbnailTable;
  readonly blobs: Blobs;
  readonly budget: Budget;
  readonly uses: Uses;
  readonly clock: Clock;
  readonly log: Log;
  /** How many may be made at once: each keeps a core busy, and holds a whole picture. */
  readonly atOnce: number;
}

/** How many pictures that turned out broken are remembered, so that nobody tries them again and again. */
const maxBroken = 1000;

export function createThumbnails({ table, blobs, budget, uses, clock, log, atOnce }: ThumbnailParts): Thumbnails {
  const semaphore = createSemaphore(atOnce);
  const making = new Map<string, Promise<ThumbnailRow | undefined>>();
  const broken = new BoundedMap<string, true>(maxBroken);

  return {
    async find(picture) {
      const { hash, type } = picture;
      if (!isReadablePicture(type) || broken.has(hash)) return undefined;
      const row = (await findKept(hash)) ?? (await makeOnce(picture));
      if (!row) return undefined;
      uses.noteThumbnail(hash);
      const { bytes, etag, created_at: modifiedAt } = row;
      return { path: blobs.path(hash), type: "image/webp", bytes, etag, modifiedAt };
    },
    remove,
  };

  async function remove(hash: string): Promise<void> {
    await table.remove(hash);
    await blobs.remove(hash);
  }

  async function findKept(hash: string): Promise<ThumbnailRow | undefined> {
    const row = await table.find(hash);
    const isThere =
      row &&
      (await stat(blobs.path(hash)).then(
        ({ size }) => size === row.bytes,
        () => false,
      ));
    return isThere ? row : undefined;
  }

  function makeOnce(picture: Pictured): Promise<ThumbnailRow | undefined> {
    const { hash } = picture;
    const begun = making.get(hash) ?? semaphore.run(() => make(picture)).finally(() => making.delete(hash));
    making.set(hash, begun);
    return begun;
  }

  async function make({ hash, path }: Pictured): Promise<ThumbnailRow | undefined> {
    try {
      // Before the work: where there is no room for a byte, there is none for a picture.
      using _ = await budget.take(1);
      const bytes = await toThumbnail(path);
      await blobs.save(hash, bytes);
      const row = { hash, etag: Bun.SHA256.hash(bytes, "hex"), bytes: bytes.byteLength, created_at: clock() };
      await table.save(row);
      if (await isThere(path)) return row;
      // Removed while it was made small.
      await remove(hash);
      return undefined;
    } catch (error) {
      const code = codeOf(error);
      if (code.startsWith("ERR_IMAGE")) broken.set(hash, true);
      else log.warn("a thumbnail could not be made", { error });
      return undefined;
    }
  }
}

/** Of an animation, its first picture. */
function toThumbnail(path: string): Promise<Uint8Array> {
  return new Bun.Image(Bun.file(path), { maxPixels })
    .resize(thumbnailSize, thumbnailSize, { fit: "inside", withoutEnlargement: true })
    .webp({ quality: 80 })
    .bytes();
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
