import { type Clock, toSeconds } from "../lib/clock.ts";
import { isTooLarge, readPictureSize } from "../lib/picture.ts";
import { toSafeName } from "../lib/safe-name.ts";
import { ApiError } from "../protocol/errors.ts";
import type { Blobs } from "../store/blobs.ts";
import type { MediaRow, MediaTable } from "../store/media.ts";
import type { Budget } from "./budget.ts";

/** Keeps what models make. */
export interface MediaStore {
  /**
   * On disk when it resolves.
   *
   * @throws {ApiError} `no_media` for bytes that are no picture, film or sound; `storage_full`; or what the stream threw
   */
  save(bytes: Uint8Array | AsyncIterable<Uint8Array>, about: MediaOrigin): Promise<MediaRow>;
}

/** Where a medium comes from. */
export interface MediaOrigin {
  readonly owner: string;
  readonly model: string;
  readonly provider?: string | undefined;
  readonly prompt: string;
  /** `16:9`, where it was asked for. */
  readonly aspectRatio?: string | undefined;
}

export interface MediaStoreParts {
  readonly blobs: Blobs;
  readonly table: MediaTable;
  readonly budget: Budget;
  readonly clock: Clock;
}

/** By its bytes: nothing else that is called a picture is one. */
const kinds = /^(image\/(png|jpeg|webp|gif|avif|bmp)|video\/|audio\/|application\/ogg)/;

/** What a name tells of its origin, in bytes: with time, digest and ending it stays below 100. */
const maxToldBytes = 48;

export function createMediaStore({ blobs, table, budget, clock }: MediaStoreParts): MediaStore {
  return {
    async save(bytes, { owner, model, provider = "", prompt, aspectRatio }) {
      const received = await blobs.receive(bytes instanceof Uint8Array ? [bytes] : bytes);
      try {
        const { type, ext, size } = await examine(received.path);
        using _ = await budget.take(received.bytes);
        const { hash } = received;
        await blobs.adopt(received.path, hash);
        const now = clock();
        const told = toSafeName(
          [model.replace(/^.*\//, ""), aspectRatio, prompt].filter(Boolean).join("+"),
          maxToldBytes,
        );
        const name = `${toSeconds(now)}_${told}_${hash.slice(0, 16)}.${ext}`;
        return await table.insert({
          name,
          owner,
          hash,
          type,
          bytes: received.bytes,
          width: size?.width ?? null,
          height: size?.height ?? null,
          model,
          provider,
          prompt,
          created_at: now,
        });
      } finally {
        await blobs.discard(received.path);
      }
    },
  };
}

/** @throws {ApiError} `no_media` */
async function examine(path: string) {
  const { fileTypeFromBlob } = await import("file-type");
  // Its reader of paths is imported as it runs, which the executable cannot.
  const found = await fileTypeFromBlob(Bun.file(path));
  if (!found || !kinds.test(found.mime))
    throw new ApiError("no_media", "what came is no picture, film or sound that can be kept");
  const size = await readPictureSize(path, found.mime).catch((cause: unknown) => {
    throw new ApiError("no_media", "the picture that came cannot be read", { cause });
  });
  if (size && isTooLarge(size))
    throw new ApiError("no_media", `the picture that came has ${size.width} × ${size.height} pixels`);
  return { type: found.mime, ext: found.ext, size };
}
