import { numberAt, textAt } from "../../lib/json.ts";
import { createCompatibleAdapter } from "../openai-compatible.ts";
import { withPricing } from "../pricing.ts";

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
  toModel(entry) {
    if (textAt(entry, "type") !== "chat") return undefined;
    const [input, output, cached] = ["input", "output", "cached_input"].map((field) =>
      numberAt(entry, "pricing", field),
    );
    const label = textAt(entry, "display_name");
    // Models that are rented by the hour cost 0 for each token.
    return { ...(label && { label }), ...(input || output ? withPricing(input, output, cached) : {}) };
  },
});
