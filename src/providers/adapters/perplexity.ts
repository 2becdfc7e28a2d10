import { at } from "../../lib/json.ts";
import { createCompatibleAdapter } from "../openai-compatible.ts";

/** https://docs.perplexity.ai/docs/sonar/openai-compatibility */
export const perplexity = createCompatibleAdapter({
  name: "Perplexity",
  url: "https://www.perplexity.ai",
  loginUrl: "https://www.perplexity.ai/account/api/keys",
  baseUrl: "https://api.perplexity.ai",
  aliases: ["PerplexityAI", "PerplexityApi"],
  keyNames: ["PERPLEXITY_API_KEY"],
  addressNames: ["PERPLEXITY_BASE_URL"],
  usualModels: ["sonar", "sonar-pro"],
  // The list at `/v1/models` is that of another interface: these names are not in it.
  models: ["sonar", "sonar-pro", "sonar-reasoning-pro", "sonar-deep-research"],
  refuses(model) {
    const unknown = ["tools", "tool_choice", "parallel_tool_calls", "seed"];
    return /reasoning|research/.test(model) ? unknown : [...unknown, "reasoning_effort"];
  },
  passes: [
    "disable_search",
    "language_preference",
    "return_images",
    "return_related_questions",
    "search_after_date_filter",
    "search_before_date_filter",
    "search_domain_filter",
    "search_mode",
    "search_recency_filter",
    "web_search_options",
  ],
  // Every chunk tells the usage unasked, and JSON is given by a schema only.
  adjust({ stream_options: _, response_format, ...body }) {
    const isSchemaless = response_format === undefined || at(response_format, "type") === "json_object";
    return isSchemaless ? body : { ...body, response_format };
  },
});
