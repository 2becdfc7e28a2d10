import { arrayAt, at, countAt, numberAt } from "../../lib/json.ts";
import { createCompatibleAdapter } from "../openai-compatible.ts";
import { withPricing } from "../pricing.ts";
import { withSchemaInWords } from "../structured.ts";

/** https://docs.llm7.io/quickstart */
export const llm7 = createCompatibleAdapter({
  name: "LLM7",
  label: "LLM7.io",
  url: "https://llm7.io",
  loginUrl: "https://dash.llm7.io",
  baseUrl: "https://api.llm7.io/v1",
  aliases: ["LLM7io"],
  keyNames: ["LLM7_API_KEY"],
  addressNames: ["LLM7_BASE_URL"],
  usualModels: ["codestral-latest", "minimax-m2.7", "mistral-Nemo-Instruct-2407"],
  adjust: withSchemaInWords,
  // https://docs.llm7.io/guides/models-api: prices are for a million tokens.
  toModel(entry) {
    const inputs = arrayAt(entry, "modalities", "input");
    const context = countAt(entry, "context_window", "tokens");
    const price = (field: string) => numberAt(entry, "pricing", field);
    return {
      ...(inputs.length > 0 && { vision: inputs.includes("image") }),
      tools: at(entry, "tools_calling") === true,
      reasoning: at(entry, "reasoning") === true,
      ...(context !== undefined && { context_length: context }),
      ...withPricing(price("input"), price("output")),
    };
  },
});
