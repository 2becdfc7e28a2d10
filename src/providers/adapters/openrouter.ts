import { arrayAt, at, isObject, numberAt, textAt } from "../../lib/json.ts";
import { createCompatibleAdapter } from "../openai-compatible.ts";
import { perMillion, withPricing } from "../pricing.ts";

/** https://openrouter.ai/docs/api/reference/overview */
export const openrouter = createCompatibleAdapter({
  name: "OpenRouter",
  url: "https://openrouter.ai",
  loginUrl: "https://openrouter.ai/settings/keys",
  baseUrl: "https://openrouter.ai/api/v1",
  aliases: ["OpenRouterFree", "OpenRouterAI"],
  keyNames: ["OPENROUTER_API_KEY"],
  addressNames: ["OPENROUTER_BASE_URL"],
  headers: { "x-openrouter-title": "Parley" },
  usualModels: ["~openai/gpt-mini-latest", "openai/gpt-5-mini", "openai/gpt-4o-mini"],
  passes: ["models", "plugins", "reasoning", "top_a"],
  reasoningField: "reasoning",
  // https://openrouter.ai/docs/guides/best-practices/reasoning-tokens
  adjust({ reasoning_effort: effort, reasoning, ...body }) {
    const own = isObject(reasoning) ? reasoning : {};
    return effort == null && reasoning === undefined
      ? body
      : { ...body, reasoning: { ...(effort != null && { effort }), ...own } };
  },
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
