import { at, countAt } from "../../lib/json.ts";
import { createCompatibleAdapter } from "../openai-compatible.ts";
import { perMillion, withPricing } from "../pricing.ts";

/** https://docs.ovhcloud.com/en/guides/public-cloud/ai-machine-learning/ai-endpoints-getting-started */
export const ovhcloud = createCompatibleAdapter({
  name: "OVHcloud",
  label: "OVHcloud AI Endpoints",
  url: "https://www.ovhcloud.com/en/public-cloud/ai-endpoints/",
  loginUrl: "https://endpoints.ai.cloud.ovh.net",
  baseUrl: "https://oai.endpoints.kepler.ai.cloud.ovh.net/v1",
  aliases: ["OVH", "OVHcloudAIEndpoints"],
  keyNames: ["OVH_AI_ENDPOINTS_ACCESS_TOKEN", "OVHCLOUD_API_KEY"],
  addressNames: ["OVHCLOUD_BASE_URL"],
  isPublic: true,
  usualModels: ["Qwen3.5-9B", "gpt-oss-120b", "gpt-oss-20b", "Mistral-Small-3.2-24B-Instruct-2506"],
  toModel(entry) {
    // What makes vectors or transcripts completes nothing.
    if (countAt(entry, "max_completion_tokens") === 0) return undefined;
    const price = (field: string) => perMillion(at(entry, "pricing", field));
    return withPricing(price("prompt"), price("completion"));
  },
});
