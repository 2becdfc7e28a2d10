import { arrayAt, countAt, textAt } from "../../lib/json.ts";
import { createCompatibleAdapter } from "../openai-compatible.ts";
import { withPricing } from "../pricing.ts";

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
