/** Contract §10: what has more is refused before it is decoded. */
export const maxPixels = 100e6;

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Pictures that Bun reads on every system. */
export function isReadablePicture(type: string): boolean {
  return /^image\/(png|jpeg|webp|gif|bmp)$/.test(type);
}

/**
 * Upright, in pixels, as its head tells it; nothing for what Bun does not read.
 *
 * @throws for a picture that is broken
 */
export async function readPictureSize(path: string, type: string): Promise<PictureSize | undefined> {
  if (!isReadablePicture(type)) return undefined;
  const { width, height } = await new Bun.Image(Bun.file(path).slice(0, maxHeadBytes)).metadata();
  return { width, height };
}

/** Far more than cameras and editors write before a picture's size; Bun reads all that it is given into memory. */
const maxHeadBytes = 8 * 1024 * 1024;

export function isTooLarge({ width, height }: PictureSize): boolean {
  return width * height > maxPixels;
}
