import type { MediaSettings } from "../../protocol/chat.ts";
import { ApiError } from "../../protocol/errors.ts";
import { bytesOf, type Inline } from "../content.ts";
import type { ImageQuirks } from "./images.ts";
import { freeSize, nearestSize } from "./sizes.ts";

/**
 * OpenAI's own picture models, at its address or in Azure; there a model has the name that people gave its deployment.
 * https://developers.openai.com/api/docs/guides/image-generation
 */
export const openaiImages: ImageQuirks = {
  models: /dall-?e|gpt-?image/i,
  parameters: (model) => ({
    aspect_ratio: "1:1",
    resolution: "1024x1024",
    width: 1024,
    height: 1024,
    ...(!isDallE3(model) && { n: 1 }),
    ...(!isDallE2(model) && { quality: "auto" }),
    ...(!isDallE(model) && { format: "png", background: "auto" }),
  }),
  toQuestion({ model, prompt, inputs, settings }, name) {
    const size = toSize(model, settings);
    const { n, format, quality, background } = settings;
    const fields = {
      model,
      prompt,
      ...(n != null && !isDallE3(model) && { n }),
      ...(size !== undefined && { size }),
      ...(quality && !isDallE2(model) && { quality }),
      ...(background && !isDallE(model) && { background }),
      ...(isDallE(model)
        ? { response_format: "b64_json" }
        : { ...(format != null && { output_format: format.replace(/^jpg$/, "jpeg") }), ...toStream(n) }),
    };
    if (inputs.length === 0) return { path: "/images/generations", body: fields };
    if (isDallE3(model)) throw new ApiError("upstream_rejected", `${name}'s ${model} takes no pictures to work on`);
    return { path: "/images/edits", body: toForm(fields, inputs, isDallE(model) ? "image" : "image[]") };
  },
};

/** A form with pictures, as `/images/edits` takes it. */
export function toForm(
  fields: Readonly<Record<string, unknown>>,
  inputs: readonly Inline[],
  pictureField: string,
): FormData {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.append(field, String(value));
  inputs.forEach(({ mime, base64 }, index) => {
    const extension = mime.replace(/^.*\//, "").replace(/^jpeg$/, "jpg");
    form.append(pictureField, new File([bytesOf(base64)], `picture-${index + 1}.${extension}`, { type: mime }));
  });
  return form;
}

/** Each preview costs some tokens more; of several pictures at once none are told. */
function toStream(n: number | null | undefined): Record<string, unknown> {
  return (n ?? 1) === 1 ? { stream: true, partial_images: 2 } : {};
}

/** From the second generation on sizes are free within bounds; before, the nearest of three has to do. */
function toSize(model: string, settings: MediaSettings): string | undefined {
  if (isDallE3(model)) return nearestSize(settings, ["1024x1024", "1792x1024", "1024x1792"]);
  if (isDallE(model)) return nearestSize(settings, ["256x256", "512x512", "1024x1024"]);
  if (!/gpt-?image-?([2-9]|1\d)/i.test(model)) return nearestSize(settings, ["1024x1024", "1536x1024", "1024x1536"]);
  return freeSize(settings, { step: 16, maxEdge: 3840, maxRatio: 3, minPixels: 655_360, maxPixels: 8_294_400 })?.join(
    "x",
  );
}

function isDallE(model: string): boolean {
  return /dall-?e/i.test(model);
}

function isDallE2(model: string): boolean {
  return isDallE(model) && !isDallE3(model);
}

function isDallE3(model: string): boolean {
  return /dall-?e-?3/i.test(model);
}
