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
      const hash = await digest(bytes);
      await blobs.save(hash, bytes);
      const now = clock();
      const told = toSafeName([model.replace(/^.*\//, ""), aspectRatio, prompt].filter(Boolean).join("+"));
      const size = type.mime.startsWith("image/") ? await readSize(bytes) : undefined;
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

/** `undefined` for a format whose size cannot be read here: it is kept all the same. */
async function readSize(bytes: Uint8Array): Promise<{ width: number; height: number } | undefined> {
  return new Bun.Image(bytes).metadata().catch(() => undefined);
}
