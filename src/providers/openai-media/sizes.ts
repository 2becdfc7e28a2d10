import { nearestInProportion } from "../../lib/nearest.ts";
import type { MediaSettings } from "../../protocol/chat.ts";

/** What is asked of a picture's shape: how wide it is to its height, and how many pixels it has; 0 where it is not said. */
interface Shape {
  readonly ratio: number;
  readonly pixels: number;
}

/** Which sizes a model can make, where it is free to choose. */
export interface SizeRules {
  /** Width and height are multiples of it. */
  readonly step: number;
  /** The longer side, at most. */
  readonly maxEdge: number;
  /** The longer side to the shorter, at most. */
  readonly maxRatio: number;
  readonly minPixels: number;
  readonly maxPixels: number;
}

const megapixel = 1024 * 1024;

const tiers: readonly (readonly [RegExp, number])[] = [
  [/^512(px?)?$/i, megapixel / 4],
  [/^1k$/i, megapixel],
  [/^1\.5k$/i, megapixel * 2.25],
  [/^2k$/i, megapixel * 4],
  [/^4k$/i, 3840 * 2160],
];

/** Of the sizes that a model knows, the one nearest in shape, then in pixels; `undefined` where none is asked for. */
export function nearestSize(settings: MediaSettings, sizes: readonly string[]): string | undefined {
  const asked = askedShape(settings);
  if (asked === undefined) return undefined;
  const distance = (size: string) => {
    const [width, height] = toSize(size) ?? [1, 1];
    const shape = apart(asked.ratio || 1, width / height);
    return shape * 1000 + apart(asked.pixels || megapixel, width * height);
  };
  return [...sizes].sort((a, b) => distance(a) - distance(b))[0];
}

/** The nearest size that the rules allow; `undefined` where none is asked for. */
export function freeSize(settings: MediaSettings, rules: SizeRules): readonly [number, number] | undefined {
  const asked = askedShape(settings);
  if (asked === undefined) return undefined;
  const { step, maxEdge, maxRatio, minPixels, maxPixels } = rules;
  const ratio = clamp(asked.ratio || 1, 1 / maxRatio, maxRatio);
  const pixels = clamp(asked.pixels || megapixel, minPixels, maxPixels);
  const height = Math.sqrt(pixels / ratio);
  const shrink = Math.min(1, maxEdge / Math.max(height, height * ratio));
  let size = [height * ratio * shrink, height * shrink].map((edge) => Math.max(step, Math.round(edge / step) * step));
  // Rounding may have left the bounds by a step.
  const longer = ratio < 1 ? 1 : 0;
  const area = () => (size[0] ?? 0) * (size[1] ?? 0);
  const move = (by: number) => (size = size.map((edge, index) => (index === longer ? edge + by : edge)));
  while (area() > maxPixels && (size[longer] ?? 0) > step) move(-step);
  while (area() < minPixels && (size[longer] ?? 0) < maxEdge) move(step);
  return [size[0] ?? step, size[1] ?? step];
}

/** The nearest of the ratios that a vendor takes, by name: `16:9`; `undefined` where no shape is asked for. */
export function nearestRatio(settings: MediaSettings, ratios: readonly string[]): string | undefined {
  const asked = askedShape(settings);
  if (!asked?.ratio) return undefined;
  return nearestInProportion(ratios, asked.ratio, (name) => toRatio(name) ?? 1);
}

/** The nearest of the tiers that a vendor knows: `1k`, `2k`; `undefined` where no resolution is asked for. */
export function nearestTier(settings: MediaSettings, names: readonly string[]): string | undefined {
  const asked = askedShape(settings);
  if (!asked?.pixels) return undefined;
  return nearestInProportion(names, asked.pixels, toPixels);
}

function askedShape({ aspect_ratio, resolution, width, height }: MediaSettings): Shape | undefined {
  const named = toRatio(aspect_ratio ?? "");
  const size = toSize(resolution ?? "");
  const pixels = toPixels(resolution ?? "");
  if (width && height && width > 0 && height > 0) return { ratio: width / height, pixels: width * height };
  if (width && width > 0) return { ratio: named ?? 1, pixels: (width * width) / (named ?? 1) };
  if (height && height > 0) return { ratio: named ?? 1, pixels: height * height * (named ?? 1) };
  if (size) return { ratio: size[0] / size[1], pixels: size[0] * size[1] };
  return named === undefined && pixels === 0 ? undefined : { ratio: named ?? 0, pixels };
}

function toSize(text: string): readonly [number, number] | undefined {
  const match = /^(\d{2,5})\s*[x×*]\s*(\d{2,5})$/i.exec(text.trim());
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}

function toRatio(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*[:/]\s*(\d+(?:\.\d+)?)$/.exec(text.trim());
  const ratio = Number(match?.[1]) / Number(match?.[2]);
  return Number.isFinite(ratio) && ratio > 0 ? ratio : undefined;
}

function toPixels(text: string): number {
  return tiers.find(([pattern]) => pattern.test(text.trim()))?.[1] ?? 0;
}

function apart(a: number, b: number): number {
  return Math.abs(Math.log(a / b));
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
