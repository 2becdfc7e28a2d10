import type { MediaSettings } from "../../protocol/chat.ts";
import { ApiError } from "../../protocol/errors.ts";
import type { MediaRequest } from "../media.ts";
import type { MediaKind } from "../../protocol/resources.ts";
import { nearestRatio, ratioOf, sizeIn, sizeOf } from "../picture-size.ts";
import { anyFields, type Fields } from "./fields.ts";

/** What models call the number of pictures, and those that they work on, in the order in which they are looked for. */
const counts = ["num_outputs", "number_of_images", "num_images", "n"];
const pictureLists = ["image_input", "input_images", "images", "reference_images"];
const pictureFields = ["image", "input_image", "start_image", "first_frame_image", "input_reference", "image_prompt"];

/**
 * The input of a prediction. What a model knows in other words is put so; what it cannot take, its own refusal says,
 * with the values that it can. `pictures` are addresses.
 *
 * @throws {ApiError} `upstream_rejected` where the model takes no pictures
 */
export function toInput(request: MediaRequest, pictures: readonly string[], fields: Fields): Record<string, unknown> {
  const { prompt, settings, extra, model } = request;
  const { negative_prompt, seed, n, duration, format } = settings;
  const known = Object.entries(extra).filter(([name]) => fields.has(name));
  const input: Record<string, unknown> = { prompt, ...Object.fromEntries(known), ...toFrame(settings, fields) };
  const set = (name: string | undefined, value: unknown) => {
    if (name !== undefined && value != null && fields.has(name)) input[name] = value;
  };
  set("negative_prompt", negative_prompt);
  set("seed", seed);
  set(fields === anyFields ? counts[0] : counts.find(fields.has), n);
  set("duration", duration == null ? null : nearestNumber(duration, fields.valuesOf("duration")));
  set("output_format", format == null ? null : oneOf(fields.valuesOf("output_format"), format.replace("jpeg", "jpg")));
  return { ...input, ...toPictures(pictures, fields, model) };
}

function toFrame(settings: MediaSettings, fields: Fields): Record<string, unknown> {
  const { aspect_ratio, resolution } = settings;
  const size = sizeOf(settings);
  const ratio = ratioOf(settings);
  const named = ["resolution", "size"].find((name) => fields.has(name) && fields.valuesOf(name).length > 0);
  const frame: Record<string, unknown> = {};
  if (resolution != null && named !== undefined) {
    const chosen = oneOf(fields.valuesOf(named), resolution);
    // A size that is none of its own still tells the ratio.
    if (size === undefined || fields.valuesOf(named).includes(chosen)) frame[named] = chosen;
  }
  const takesSize = fields.has("width") && fields.has("height");
  if (size && takesSize) {
    // Some take a size only where their own choice says `custom`.
    for (const name of ["aspect_ratio", "size"]) if (fields.valuesOf(name).includes("custom")) frame[name] = "custom";
    return { ...frame, ...size };
  }
  if (ratio === undefined) return frame;
  if (fields.has("aspect_ratio")) {
    const ratios = fields.valuesOf("aspect_ratio").filter((value) => typeof value === "string");
    const asked = aspect_ratio ?? undefined;
    const exact = asked !== undefined && (ratios.length === 0 || ratios.includes(asked));
    const chosen = exact ? asked : nearestRatio(ratio, ratios);
    return { ...frame, ...(chosen !== undefined && { aspect_ratio: chosen }) };
  }
  return takesSize ? { ...frame, ...sizeIn(ratio) } : frame;
}

function toPictures(pictures: readonly string[], fields: Fields, model: string): Record<string, unknown> {
  const [first] = pictures;
  if (first === undefined) return {};
  const list = fields === anyFields ? undefined : pictureLists.find(fields.has);
  const single = pictureFields.find(fields.has);
  const name = list ?? single;
  if (name === undefined) throw new ApiError("upstream_rejected", `${model} takes no pictures to work on`);
  return { [name]: fields.isList(name) ? pictures : first };
}

/** As the model writes it, whatever the case; else as it was asked for. */
function oneOf(values: readonly unknown[], asked: string): unknown {
  return values.find((value) => String(value).toLowerCase() === asked.toLowerCase()) ?? asked;
}

/** The nearest of a model's own numbers, which may be texts of digits. */
function nearestNumber(asked: number, values: readonly unknown[]): unknown {
  const distance = (value: unknown) => Math.abs(Number(value) - asked);
  const [nearest] = values.filter((value) => Number.isFinite(Number(value))).sort((a, b) => distance(a) - distance(b));
  return nearest ?? asked;
}

const usual: Readonly<Record<"image" | "video", MediaSettings>> = {
  image: {
    aspect_ratio: "1:1",
    resolution: "1K",
    width: 1024,
    height: 1024,
    n: 1,
    negative_prompt: "",
    seed: null,
    format: "png",
  },
  video: { aspect_ratio: "16:9", resolution: "720p", duration: 5, negative_prompt: "", seed: null },
};

/** The media fields that mean something to a model. */
export function toParameters(kind: MediaKind, fields: Fields): Record<string, unknown> {
  const takesFrame = fields.has("aspect_ratio") || fields.has("width");
  const takes: Readonly<Record<string, boolean>> = {
    aspect_ratio: takesFrame,
    width: takesFrame,
    height: takesFrame,
    resolution: fields.has("resolution") || fields.has("size"),
    n: counts.some(fields.has),
    format: fields.has("output_format"),
  };
  const examples = Object.entries(usual[kind === "video" ? "video" : "image"]);
  return Object.fromEntries(
    examples
      .filter(([name]) => takes[name] ?? fields.has(name))
      .map(([name, example]) => [name, fields.defaultOf(name) ?? example]),
  );
}
