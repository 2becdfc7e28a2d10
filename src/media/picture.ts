import { ApiError } from "../protocol/errors.ts";

/** Contract §10. */
export const maxPixels = 100e6;

/** Pictures that Bun reads on every system. */
export function isReadablePicture(type: string): boolean {
  return /^image\/(png|jpeg|webp|gif|bmp)$/.test(type);
}

/**
 * Upright, in pixels; nothing for what Bun does not read.
 *
 * @throws {ApiError} `no_media` for a picture that is broken, or has more pixels than anybody should be sent
 */
export async function readPictureSize(path: string, type: string): Promise<{ width?: number; height?: number }> {
  if (!isReadablePicture(type)) return {};
  const { width, height } = await new Bun.Image(Bun.file(path)).metadata().catch((cause: unknown) => {
    throw new ApiError("no_media", "the picture that came cannot be read", { cause });
  });
  if (width * height > maxPixels)
    throw new ApiError("no_media", `the picture that came has ${width} × ${height} pixels`);
  return { width, height };
}
