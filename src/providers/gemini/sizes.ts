import { nearestInProportion } from "../../lib/nearest.ts";
import type { MediaSettings } from "../../protocol/chat.ts";

/** Shapes that every model which draws takes, and those that some take beside them. */
const ratios = ["1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"];
const longRatios = ["1:4", "4:1", "1:8", "8:1"];

/** https://ai.google.dev/api/generate-content#ImageConfig: the nearest shape and size that the vendor has; `{}` leaves both to it. */
export function toImageConfig(model: string, settings: MediaSettings): Record<string, string> {
  const known = /3\.1-flash-image|nano-banana-2/.test(model) ? [...ratios, ...longRatios] : ratios;
  const aspectRatio = toRatio(settings, known);
  const imageSize = toPictureSize(settings);
  return { ...(aspectRatio && { aspectRatio }), ...(imageSize && { imageSize }) };
}

/** The shape that is asked for, as the nearest of those that a model takes. */
export function toRatio(settings: MediaSettings, known: readonly string[]): string | undefined {
  const [width, height] = pair(settings.aspect_ratio) ?? pixels(settings) ?? [];
  return width && height ? nearestInProportion(known, width / height, (ratio) => quotient(ratio)) : undefined;
}

/** `720p`, `4k`: by the shorter side, as films are named. */
export function toFilmResolution(settings: MediaSettings, known: readonly string[]): string | undefined {
  const lines = (name: string) => (/^4k$/i.test(name) ? 2160 : Number(/^(\d+)p$/i.exec(name)?.[1]));
  const asked = lines(settings.resolution ?? "") || Math.min(...(pixels(settings) ?? []));
  return Number.isFinite(asked) ? nearestInProportion(known, asked, lines) : undefined;
}

/** `1K` and the like as they are; of pixels, what is nearest in area. 1K is the vendor's own choice, which some take unsaid only. */
function toPictureSize(settings: MediaSettings): string | undefined {
  if (/^(512|[124]k)$/i.test(settings.resolution ?? "")) return settings.resolution?.toUpperCase();
  const [width, height] = pixels(settings) ?? [];
  if (!width || !height) return undefined;
  const size = nearestInProportion(["1K", "2K", "4K"], Math.sqrt(width * height), (name) => parseInt(name) * 1024);
  return size === "1K" ? undefined : size;
}

function pixels({ resolution, width, height }: MediaSettings): readonly [number, number] | undefined {
  return pair(resolution) ?? (width && height ? [width, height] : undefined);
}

/** `16:9` or `1024x1536`. */
function pair(text: string | null | undefined): readonly [number, number] | undefined {
  const [, width, height] = /^(\d+)[:x×/](\d+)$/i.exec(text?.trim() ?? "") ?? [];
  return Number(width) > 0 && Number(height) > 0 ? [Number(width), Number(height)] : undefined;
}

function quotient(ratio: string): number {
  const [width = 1, height = 1] = pair(ratio) ?? [];
  return width / height;
}
