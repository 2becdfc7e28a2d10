import { arrayAt, at, countAt, numberAt, textAt } from "../../lib/json.ts";
import { createCompatibleAdapter } from "../openai-compatible.ts";
import { withPricing } from "../pricing.ts";

/** https://huggingface.co/docs/inference-providers/tasks/chat-completion */
export const huggingface = createCompatibleAdapter({
  name: "HuggingFace",
  label: "Hugging Face",
  url: "https://huggingface.co",
  loginUrl: "https://huggingface.co/settings/tokens",
  baseUrl: "https://router.huggingface.co/v1",
  aliases: ["HuggingFaceAPI", "HuggingFaceInference"],
  keyNames: ["HUGGINGFACE_API_KEY", "HF_TOKEN"],
  addressNames: ["HUGGINGFACE_BASE_URL"],
  usualModels: ["deepseek-ai/DeepSeek-V4-Flash", "openai/gpt-oss-120b", "openai/gpt-oss-20b"],
  // https://huggingface.co/docs/inference-providers/hub-api: each model has several providers, in dollars for a million.
  toModel(entry) {
    const live = arrayAt(entry, "providers").filter((provider) => textAt(provider, "status") === "live");
    const [cheapest] = live.sort((one, other) => total(one) - total(other));
    if (cheapest === undefined) return undefined;
    const context = countAt(cheapest, "context_length");
    const tools = at(cheapest, "supports_tools");
    return {
      count: live.length,
      ...(context !== undefined && { context_length: context }),
      ...(typeof tools === "boolean" && { tools }),
      ...withPricing(dollars(cheapest, "input"), dollars(cheapest, "output")),
    };
  },
});

function dollars(provider: unknown, direction: "input" | "output"): number | undefined {
  return numberAt(provider, "pricing", direction);
}

function total(provider: unknown): number {
  return (dollars(provider, "input") ?? Infinity) + (dollars(provider, "output") ?? Infinity);
}
