import { at } from "../../lib/json.ts";
import { createCompatibleAdapter } from "../openai-compatible.ts";
import { perMillion, withPricing } from "../pricing.ts";

/** https://docs.sambanova.ai/docs/en/features/openai-compatibility */
export const sambanova = createCompatibleAdapter({
  name: "SambaNova",
  url: "https://sambanova.ai",
  loginUrl: "https://cloud.sambanova.ai/apis",
  baseUrl: "https://api.sambanova.ai/v1",
  aliases: ["SambaNovaCloud", "SambaCloud"],
  keyNames: ["SAMBANOVA_API_KEY"],
  addressNames: ["SAMBANOVA_BASE_URL"],
  usualModels: ["gpt-oss-120b", "MiniMax-M2.7", "Meta-Llama-3.3-70B-Instruct"],
  refuses: () => ["seed"],
  toModel(entry) {
    const price = (field: string) => at(entry, "pricing", field);
    const input = perMillion(price("prompt"));
    // Speech is paid by its duration alone.
    if (input === undefined && price("duration_per_hour") !== undefined) return undefined;
    return withPricing(input, perMillion(price("completion")), perMillion(price("input_cache_read")));
  },
});
