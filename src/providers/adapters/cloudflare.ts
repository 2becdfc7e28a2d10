import { arrayAt, at, numberAt, textAt } from "../../lib/json.ts";
import { createCompatibleAdapter } from "../openai-compatible.ts";
import { withPricing } from "../pricing.ts";

/** https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility/ */
export const cloudflare = createCompatibleAdapter({
  name: "Cloudflare",
  label: "Cloudflare Workers AI",
  url: "https://developers.cloudflare.com/workers-ai/",
  loginUrl: "https://dash.cloudflare.com/profile/api-tokens",
  baseUrl: "https://api.cloudflare.com/client/v4/accounts/{CLOUDFLARE_ACCOUNT_ID}/ai/v1",
  aliases: ["CloudflareAI", "WorkersAI"],
  keyNames: ["CLOUDFLARE_API_TOKEN", "CLOUDFLARE_API_KEY"],
  addressNames: ["CLOUDFLARE_BASE_URL"],
  usualModels: ["@cf/google/gemma-4-26b-a4b-it", "@cf/zai-org/glm-4.7-flash", "@cf/openai/gpt-oss-20b"],
  // https://developers.cloudflare.com/api/resources/ai/subresources/models/methods/list/
  modelsPath: "/../models/search?per_page=100",
  idField: "name",
  toModel(entry) {
    if (textAt(entry, "task", "name") !== "Text Generation") return undefined;
    const property = (id: string) =>
      at(
        arrayAt(entry, "properties").find((each) => textAt(each, "property_id") === id),
        "value",
      );
    const is = (id: string) => String(property(id)) === "true";
    const price = (unit: string) =>
      numberAt(
        arrayAt(property("price")).find((each) => textAt(each, "unit") === unit),
        "price",
      );
    const context = Number(property("context_window"));
    return {
      tools: is("function_calling"),
      ...(is("vision") && { vision: true }),
      ...(is("reasoning") && { reasoning: true }),
      ...(Number.isInteger(context) && { context_length: context }),
      ...withPricing(price("per M input tokens"), price("per M output tokens"), price("per M cached input tokens")),
    };
  },
});
