import { arrayAt, countAt, textAt } from "../../lib/json.ts";
import { toDataUrl } from "../content.ts";
import { createCompatibleAdapter } from "../openai-compatible.ts";
import type { ImageQuirks } from "../openai-media/images.ts";
import { nearestRatio, nearestTier } from "../openai-media/sizes.ts";
import { withPricing } from "../pricing.ts";

const ratios = "1:1 16:9 9:16 4:3 3:4 3:2 2:3 2:1 1:2 19.5:9 9:19.5 20:9 9:20".split(" ");

/**
 * Pictures to work on go as JSON, not as a form.
 * https://docs.x.ai/developers/model-capabilities/images/generation
 */
const images: ImageQuirks = {
  models: /^grok-(imagine-image|.*-image)/,
  listPath: "/image-generation-models",
  parameters: () => ({ aspect_ratio: "1:1", resolution: "1k", width: 1024, height: 1024, n: 1 }),
  toQuestion({ model, prompt, inputs, settings }) {
    // It knows shapes and two resolutions: the nearest of them.
    const ratio = nearestRatio(settings, ratios);
    const resolution = nearestTier(settings, ["1k", "2k"]);
    const pictures = inputs.map((input) => ({ type: "image_url", url: toDataUrl(input) }));
    return {
      path: inputs.length > 0 ? "/images/edits" : "/images/generations",
      body: {
        model,
        prompt,
        ...(pictures.length > 0 && (pictures.length === 1 ? { image: pictures[0] } : { images: pictures })),
        ...(settings.n != null && { n: settings.n }),
        ...(ratio !== undefined && { aspect_ratio: ratio }),
        ...(resolution !== undefined && { resolution }),
        response_format: "b64_json",
      },
    };
  },
};

/** https://docs.x.ai/developers/rest-api-reference/inference/chat */
export const xai = createCompatibleAdapter({
  name: "xAI",
  url: "https://x.ai",
  loginUrl: "https://console.x.ai",
  baseUrl: "https://api.x.ai/v1",
  aliases: ["Grok", "GrokAI"],
  keyNames: ["XAI_API_KEY"],
  addressNames: ["XAI_BASE_URL"],
  usualModels: ["grok-4.3", "grok-4.7", "grok-4.20-0309-non-reasoning"],
  // https://docs.x.ai/developers/model-capabilities/text/reasoning
  refuses(model) {
    const takesEffort = /^grok-(3-mini|4\.20-multi-agent|4\.[3-9]|[5-9])/.test(model);
    const thinks = !/non-reasoning|^grok-[23](?!-mini)/.test(model);
    return [
      "presence_penalty",
      ...(thinks ? ["frequency_penalty", "stop"] : []),
      ...(takesEffort ? [] : ["reasoning_effort"]),
    ];
  },
  media: { images },
  // Beside names it tells prices and what goes in, and leaves out what makes pictures and films.
  modelsPath: "/language-models",
  toModel(entry) {
    const outputs = arrayAt(entry, "output_modalities");
    if (outputs.length > 0 && !outputs.includes("text")) return undefined;
    const isPlain = /non-reasoning/.test(textAt(entry, "id") ?? "");
    return {
      vision: arrayAt(entry, "input_modalities").includes("image"),
      ...(isPlain && { reasoning: false }),
      ...withPricing(
        dollars(entry, "prompt_text_token_price"),
        dollars(entry, "completion_text_token_price"),
        dollars(entry, "cached_prompt_text_token_price"),
      ),
    };
  },
});

/** Told in cents for a hundred million tokens. */
function dollars(entry: unknown, field: string): number | undefined {
  const cents = countAt(entry, field);
  return cents === undefined ? undefined : cents / 10_000;
}
