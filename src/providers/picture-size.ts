import { nearestInProportion } from "../lib/nearest.ts";
import type { MediaSettings } from "../protocol/chat.ts";

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Width and height as they were asked for: on their own, or as a resolution of `1024x1536`. */
export function sizeOf({ width, height, resolution }: MediaSettings): PictureSize | undefined {
  if (width != null && height != null) return { width, height };
  const match = /^(\d{2,5})x(\d{2,5})$/.exec(resolution ?? "");
  return match ? { width: Number(match[1]), height: Number(match[2]) } : undefined;
}

/** Width by height: of `16:9`, or of the size. */
export function ratioOf(settings: MediaSettings): number | undefined {
  const size = sizeOf(settings);
  return readRatio(settings.aspect_ratio ?? "") ?? (size && size.width / size.height);
}

/** A size of about `pixels` in that ratio, in steps of 64, which every model of pictures takes: nearly exact. */
export function sizeIn(ratio: number, pixels = 1024 * 1024): PictureSize {
  const step = (length: number) => Math.max(64, Math.round(length / 64) * 64);
  const height = Math.sqrt(pixels / ratio);
  return { width: step(height * ratio), height: step(height) };
}

/** The nearest of the ratios that a model has; `undefined` where it has none. */
export function nearestRatio(ratio: number, ratios: readonly string[]): string | undefined {
  const readable = ratios.filter((other) => readRatio(other) !== undefined);
  return nearestInProportion(readable, ratio, (other) => readRatio(other) ?? Infinity);
}

function readRatio(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)[:/](\d+(?:\.\d+)?)$/.exec(text.trim());
  const ratio = match ? Number(match[1]) / Number(match[2]) : NaN;
  return ratio > 0 && Number.isFinite(ratio) ? ratio : undefined;
}
