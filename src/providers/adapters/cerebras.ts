import { at, countAt } from "../../lib/json.ts";
import { createCompatibleAdapter } from "../openai-compatible.ts";
import { perMillion, withPricing } from "../pricing.ts";

/** https://inference-docs.cerebras.ai/api-reference/chat-completions */
export const cerebras = createCompatibleAdapter({
  name: "Cerebras",
  url: "https://www.cerebras.ai",
  loginUrl: "https://cloud.cerebras.ai",
  baseUrl: "https://api.cerebras.ai/v1",
  aliases: ["CerebrasAPI"],
  keyNames: ["CEREBRAS_API_KEY"],
  addressNames: ["CEREBRAS_BASE_URL"],
  usualModels: ["qwen-3.8-27b", "gpt-oss-120b"],
  // Beside the list under `/v1`, which has names alone.
  modelsPath: "/../public/v1/models",
  // It calls `max_tokens` deprecated for all.
  renamesMaxTokens: /^/,
  refuses: () => ["frequency_penalty", "presence_penalty"],
  stops: ["logit_bias"],
  reasoningField: "reasoning",
  passes: ["reasoning_format", "clear_thinking"],
  toModel(entry) {
    const context = countAt(entry, "limits", "max_context_length");
    const can = (capability: string) => at(entry, "capabilities", capability) === true;
    const [input, output] = ["prompt", "completion"].map((field) => perMillion(at(entry, "pricing", field)));
    return {
      ...(context !== undefined && { context_length: context }),
      ...(at(entry, "capabilities") !== undefined && {
        vision: can("vision"),
        tools: can("tools") || can("function_calling"),
        reasoning: can("reasoning"),
      }),
      ...withPricing(input, output),
    };
  },
});
