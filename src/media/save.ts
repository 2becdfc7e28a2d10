import { fileTypeFromBuffer } from "file-type";
import type { Clock } from "../lib/clock.ts";
import { toSafeName } from "../lib/safe-name.ts";
import { ApiError } from "../protocol/errors.ts";
import type { Blobs } from "../store/blobs.ts";
import type { MediaRow, MediaTable } from "../store/media.ts";

/** Keeps what models make. */
export interface MediaStore {
  /** On disk when it resolves. @throws {ApiError} `no_media` for bytes that are no picture, film or sound */
  save(bytes: Uint8Array, about: MediaOrigin): Promise<MediaRow>;
}

/** Where a medium comes from. */
export interface MediaOrigin {
  readonly owner: string;
  readonly model: string;
  readonly prompt: string;
  /** `16:9`, where it was asked for. */
  readonly aspectRatio?: string | undefined;
}

export interface MediaStoreParts {
  readonly blobs: Blobs;
  readonly table: MediaTable;
  readonly clock: Clock;
}

/** What is served in place, by its bytes: nothing else that is called a picture is one. */
const kinds = /^(image\/(png|jpeg|webp|gif|avif|bmp)|video\/|audio\/|application\/ogg)/;

export function createMediaStore({ blobs, table, clock }: MediaStoreParts): MediaStore {
  return {
    async save(bytes, { owner, model, prompt, aspectRatio }) {
      const type = await fileTypeFromBuffer(bytes);
      if (!type || !kinds.test(type.mime))
        throw new ApiError("no_media", "what came is no picture, film or sound that can be kept");
      const size = readable.test(type.mime) ? await readSize(bytes) : undefined;
      const hash = await digest(bytes);
      await blobs.save(hash, bytes);
      const now = clock();
      const told = toSafeName([model.replace(/^.*\//, ""), aspectRatio, prompt].filter(Boolean).join("+"));
      return table.insert({
        name: `${Math.floor(now / 1000)}_${told}_${hash.slice(0, 16)}.${type.ext}`,
        owner,
        hash,
        type: type.mime,
        bytes: bytes.byteLength,
        width: size?.width ?? null,
        height: size?.height ?? null,
        model,
        prompt,
        created_at: now,
      });
    },
  };
}

/** A few milliseconds' worth at a time: a film is large, and others are waiting. */
const hashedAtOnce = 4 * 1024 * 1024;

async function digest(bytes: Uint8Array): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  for (let start = 0; start < bytes.byteLength; start += hashedAtOnce) {
    if (start > 0) await new Promise((resolve) => setImmediate(resolve));
    hasher.update(bytes.subarray(start, start + hashedAtOnce));
  }
  return hasher.digest("hex");
}

/** Pictures whose size can be read here; others are kept without. */
const readable = /^image\/(png|jpeg|webp|gif|bmp)$/;
/** Contract §10. */
const maxPixels = 100e6;

/** @throws {ApiError} `no_media` for a picture that is broken, or has more pixels than anybody should be sent */
async function readSize(bytes: Uint8Array): Promise<{ width: number; height: number }> {
  const { width, height } = await new Bun.Image(bytes).metadata().catch((cause: unknown) => {
    throw new ApiError("no_media", "the picture that came cannot be read", { cause });
  });
  if (width * height > maxPixels)
    throw new ApiError("no_media", `the picture that came has ${width} × ${height} pixels`);
  return { width, height };
}
