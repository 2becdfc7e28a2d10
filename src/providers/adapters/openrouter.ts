import { arrayAt, at, isObject, numberAt, textAt } from "../../lib/json.ts";
import { createModel } from "../model-traits.ts";
import { toDataUrl } from "../content.ts";
import { createCompatibleAdapter } from "../openai-compatible.ts";
import type { ImageQuirks } from "../openai-media/images.ts";
import { nearestRatio, nearestTier } from "../openai-media/sizes.ts";
import { perMillion, withPricing } from "../pricing.ts";

const ratios = "1:1 1:2 1:4 1:8 2:1 2:3 3:2 3:4 4:1 4:3 4:5 5:4 8:1 9:16 16:9 9:19.5 19.5:9 9:20 20:9 9:21 21:9".split(
  " ",
);

/**
 * Models that make nothing but pictures; those that speak as well answer in a chat.
 * https://openrouter.ai/docs/guides/overview/multimodal/image-generation
 */
const images: ImageQuirks = {
  models: /(^|\/)(gpt-image|flux|seedream|grok-imagine-image|recraft|riverflow)/,
  listPath: "/images/models",
  parameters: () => ({
    aspect_ratio: "1:1",
    resolution: "1K",
    width: 1024,
    height: 1024,
    n: 1,
    seed: 1,
    format: "png",
  }),
  toQuestion({ model, prompt, inputs, settings }) {
    const { n, seed, format } = settings;
    // It knows shapes and four resolutions: the nearest of them.
    const ratio = nearestRatio(settings, ratios);
    const resolution = nearestTier(settings, ["512", "1K", "2K", "4K"]);
    return {
      path: "/images",
      body: {
        model,
        prompt,
        ...(inputs.length > 0 && {
          input_references: inputs.map((input) => ({ type: "image_url", image_url: { url: toDataUrl(input) } })),
        }),
        ...(n != null && { n }),
        ...(ratio !== undefined && { aspect_ratio: ratio }),
        ...(resolution !== undefined && { resolution }),
        ...(seed != null && { seed }),
        ...(format != null && { output_format: format.replace(/^jpg$/, "jpeg") }),
        // The others pass over it.
        ...(/^~?openai\//.test(model) && (n ?? 1) === 1 && { stream: true }),
      },
    };
  },
};

/** https://openrouter.ai/docs/api/reference/overview */
export const openrouter = createCompatibleAdapter({
  name: "OpenRouter",
  url: "https://openrouter.ai",
  loginUrl: "https://openrouter.ai/settings/keys",
  baseUrl: "https://openrouter.ai/api/v1",
  aliases: ["OpenRouterFree", "OpenRouterAI"],
  // It reads them for the others, too, at a price: https://openrouter.ai/docs/features/multimodal/pdfs
  readsPdfs: (model) => createModel(model).vision,
  keyNames: ["OPENROUTER_API_KEY"],
  addressNames: ["OPENROUTER_BASE_URL"],
  headers: { "x-openrouter-title": "Parley" },
  usualModels: ["~openai/gpt-mini-latest", "openai/gpt-5-mini", "openai/gpt-4o-mini"],
  passes: ["models", "plugins", "reasoning", "top_a"],
  reasoningField: "reasoning",
  // https://openrouter.ai/docs/guides/best-practices/prompt-caching
  takesCacheMarks: true,
  // https://openrouter.ai/docs/guides/best-practices/reasoning-tokens
  adjust({ reasoning_effort: effort, reasoning, ...body }, { model }) {
    const own = isObject(reasoning) ? reasoning : {};
    return {
      ...body,
      ...((effort != null || reasoning !== undefined) && { reasoning: { ...(effort != null && { effort }), ...own } }),
      // Pictures come only to those who ask for them.
      ...(/-image(-|:|$)/.test(model) && { modalities: ["image", "text"] }),
    };
  },
  media: { images, embeddings: {} },
  toModel(entry) {
    const [inputs, outputs] = ["input", "output"].map((way) => arrayAt(entry, "architecture", `${way}_modalities`));
    if (outputs?.length && !outputs.includes("text")) return undefined;
    const takes = arrayAt(entry, "supported_parameters");
    const price = (field: string) => perMillion(at(entry, "pricing", field));
    return {
      image: outputs?.includes("image") ?? false,
      audio: [inputs, outputs].some((modalities) => modalities?.includes("audio")),
      ...(takes.length > 0 && { tools: takes.includes("tools"), reasoning: takes.includes("reasoning") }),
      ...withPricing(price("prompt"), price("completion"), price("input_cache_read")),
    };
  },
  quota: {
    path: "/key",
    toQuota(body) {
      const amount = (field: string) => numberAt(body, "data", field) ?? null;
      // A limit that comes anew every month counts what was used in it.
      const used = amount(`usage_${textAt(body, "data", "limit_reset")}`) ?? amount("usage");
      return { unit: "USD", remaining: amount("limit_remaining"), used, limit: amount("limit") };
    },
  },
});
