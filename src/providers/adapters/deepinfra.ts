import { arrayAt, at, countAt, isObject, numberAt } from "../../lib/json.ts";
import { createCompatibleAdapter } from "../openai-compatible.ts";
import { withPricing } from "../pricing.ts";

/** https://docs.deepinfra.com/chat/overview */
export const deepinfra = createCompatibleAdapter({
  name: "DeepInfra",
  url: "https://deepinfra.com",
  loginUrl: "https://deepinfra.com/dash/api_keys",
  baseUrl: "https://api.deepinfra.com/v1/openai",
  aliases: ["DeepInfraChat", "DeepInfraAPI"],
  keyNames: ["DEEPINFRA_API_KEY", "DEEPINFRA_TOKEN", "DEEPINFRA_API_TOKEN"],
  addressNames: ["DEEPINFRA_BASE_URL"],
  usualModels: ["deepseek-ai/DeepSeek-V4-Flash-0731", "openai/gpt-oss-120b", "meta-llama/Llama-3.3-70B-Instruct"],
  // https://docs.deepinfra.com/api-reference/models/openai-models: prices are for a million tokens.
  toModel(entry) {
    const metadata = at(entry, "metadata");
    if (!isObject(metadata)) return {};
    const price = (field: string) => numberAt(metadata, "pricing", field);
    const output = price("output_tokens");
    // What makes pictures, vectors or speech is paid otherwise.
    if (output === undefined) return undefined;
    const context = countAt(metadata, "context_length");
    const tags = arrayAt(metadata, "tags");
    return {
      ...(context !== undefined && { context_length: context }),
      ...((tags.includes("vlm") || tags.includes("vision")) && { vision: true }),
      ...(tags.includes("reasoning") && { reasoning: true }),
      ...withPricing(price("input_tokens"), output, price("cache_read_tokens")),
    };
  },
  // What the account holds is a negative balance; what was used since the last bill is not yet taken from it.
  quota: {
    path: "/../../payment/checklist",
    toQuota(body) {
      const balance = numberAt(body, "stripe_balance");
      const used = numberAt(body, "recent") ?? null;
      const remaining = balance === undefined ? null : Number((-balance - (used ?? 0)).toFixed(6));
      return { unit: "USD", remaining, used, limit: numberAt(body, "limit") ?? null };
    },
  },
});
