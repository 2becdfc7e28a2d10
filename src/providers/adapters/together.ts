import { numberAt, textAt } from "../../lib/json.ts";
import type { MediaSettings } from "../../protocol/chat.ts";
import { ApiError } from "../../protocol/errors.ts";
import { toDataUrl } from "../content.ts";
import { createCompatibleAdapter, type Told } from "../openai-compatible.ts";
import type { ImageQuirks } from "../openai-media/images.ts";
import { freeSize } from "../openai-media/sizes.ts";
import { withPricing } from "../pricing.ts";

/** https://docs.together.ai/reference/post-images-generations */
const images: ImageQuirks = {
  models: /(^|\/)(FLUX|imagen-|Qwen-Image|stable-diffusion|seedream|ideogram)/i,
  parameters: () => ({
    aspect_ratio: "1:1",
    width: 1024,
    height: 1024,
    n: 1,
    negative_prompt: "",
    seed: 1,
    format: "png",
  }),
  toQuestion({ model, prompt, inputs, settings }, name) {
    const { n, negative_prompt, seed, format } = settings;
    if (inputs.length > 1) throw new ApiError("upstream_rejected", `${name} works on one picture at a time`);
    const [width, height] = toSize(settings);
    return {
      path: "/images/generations",
      body: {
        model,
        prompt,
        ...(inputs[0] && { image_url: toDataUrl(inputs[0]) }),
        ...(width != null && { width }),
        ...(height != null && { height }),
        ...(n != null && { n }),
        ...(negative_prompt && { negative_prompt }),
        ...(seed != null && { seed }),
        ...(format != null && { output_format: format.replace(/^jpg$/, "jpeg") }),
        response_format: "base64",
      },
    };
  },
};

/** A shape alone becomes about a megapixel, in a size that every model takes. */
function toSize({ width, height, ...settings }: MediaSettings): readonly (number | null | undefined)[] {
  if (width != null || height != null) return [width, height];
  return (
    freeSize(settings, { step: 32, maxEdge: 1440, maxRatio: 4, minPixels: 256 * 256, maxPixels: 1440 * 1440 }) ?? []
  );
}

/** https://docs.together.ai/reference/chat-completions */
export const together = createCompatibleAdapter({
  name: "Together",
  label: "Together AI",
  url: "https://www.together.ai",
  loginUrl: "https://api.together.ai/settings/api-keys",
  baseUrl: "https://api.together.ai/v1",
  aliases: ["TogetherAI"],
  keyNames: ["TOGETHER_API_KEY"],
  addressNames: ["TOGETHER_BASE_URL"],
  usualModels: ["zai-org/GLM-5.3-Flash", "deepseek-ai/DeepSeek-V4.1-Flash", "Qwen/Qwen3.5-9B", "openai/gpt-oss-120b"],
  refuses: () => ["parallel_tool_calls"],
  passes: ["reasoning", "chat_template_kwargs"],
  media: { images, embeddings: { dimensionsField: null } },
  toModel(entry) {
    const type = textAt(entry, "type");
    if (type === "image") return toImageModel(textAt(entry, "display_name"));
    if (type !== "chat") return undefined;
    const [input, output, cached] = ["input", "output", "cached_input"].map((field) =>
      numberAt(entry, "pricing", field),
    );
    const label = textAt(entry, "display_name");
    // Models that are rented by the hour cost 0 for each token.
    return { ...(label && { label }), ...(input || output ? withPricing(input, output, cached) : {}) };
  },
});

function toImageModel(label: string | undefined): Told {
  return { ...(label && { label }), image: true, tools: false, reasoning: false, makes: "image" };
}
