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
    // Which of them answers is the vendor's choice: a price is an upper bound so.
    const [dearest] = live.sort((one, other) => total(other) - total(one));
    if (dearest === undefined) return undefined;
    const contexts = live.flatMap((provider) => countAt(provider, "context_length") ?? []);
    const tools = live.flatMap((provider) => at(provider, "supports_tools") ?? []);
    return {
      count: live.length,
      ...(contexts.length > 0 && { context_length: Math.max(...contexts) }),
      ...(tools.length > 0 && { tools: tools.includes(true) }),
      ...withPricing(dollars(dearest, "input"), dollars(dearest, "output")),
    };
  },
});

function dollars(provider: unknown, direction: "input" | "output"): number | undefined {
  return numberAt(provider, "pricing", direction);
}

function total(provider: unknown): number {
  return (dollars(provider, "input") ?? -1) + (dollars(provider, "output") ?? -1);
}
