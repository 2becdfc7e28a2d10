import { arrayAt, at } from "../../lib/json.ts";
import { createCompatibleAdapter } from "../openai-compatible.ts";
import { withFormatInWords } from "../structured.ts";

/** https://docs.cohere.com/docs/compatibility-api */
export const cohere = createCompatibleAdapter({
  name: "Cohere",
  url: "https://cohere.com",
  loginUrl: "https://dashboard.cohere.com/api-keys",
  baseUrl: "https://api.cohere.ai/compatibility/v1",
  aliases: ["CohereAPI", "CohereForAI"],
  keyNames: ["COHERE_API_KEY", "CO_API_KEY"],
  addressNames: ["COHERE_BASE_URL"],
  usualModels: ["command-a-plus-05-2026", "command-a-03-2025", "command-r7b-12-2024"],
  // The native list, which tells what a model can do.
  modelsPath: "/../../v1/models?endpoint=chat&page_size=1000",
  idField: "name",
  refuses: (model) => [
    "parallel_tool_calls",
    "tool_choice",
    ...(/reasoning|command-a-plus/.test(model) ? [] : ["reasoning_effort"]),
  ],
  media: { embeddings: { dimensionsField: null, maxTexts: 96, fields: { encoding_format: "float" } } },
  stops: ["logit_bias", "logprobs", "top_logprobs"],
  // A schema stands beside the type, and goes into words beside tools; thinking is on or off.
  adjust(given, chat) {
    const {
      stream_options: _,
      response_format,
      reasoning_effort,
      ...body
    } = given.tools === undefined ? given : withFormatInWords(given, chat);
    const schema = at(response_format, "json_schema", "schema");
    return {
      ...body,
      ...(response_format !== undefined && {
        response_format: schema === undefined ? response_format : { type: "json_object", schema },
      }),
      ...(typeof reasoning_effort === "string" && {
        reasoning_effort: /^(none|minimal)$/.test(reasoning_effort) ? "none" : "high",
      }),
    };
  },
  toModel(entry) {
    const endpoints = arrayAt(entry, "endpoints");
    if (endpoints.length > 0 && !endpoints.includes("chat")) return undefined;
    const features = arrayAt(entry, "features");
    if (features.length === 0) return {};
    return {
      vision: features.includes("vision"),
      tools: features.includes("tools"),
      reasoning: features.includes("reasoning"),
    };
  },
});
