import { createCompatibleAdapter } from "../openai-compatible.ts";
import { settings, toBody } from "../perplexity/body.ts";
import { createDecoder } from "../perplexity/decoder.ts";
import { unknownFields } from "../responses/body.ts";

const agent = { chatPath: () => "/v1/responses", toBody, decoder: createDecoder };

/** https://docs.perplexity.ai/docs/agent-api/quickstart, whose interface is OpenAI's Responses, nearly */
export const perplexity = createCompatibleAdapter({
  name: "Perplexity",
  url: "https://www.perplexity.ai",
  loginUrl: "https://www.perplexity.ai/account/api/keys",
  // Without its version: so the vendor's own SDK reads it, from the same variable.
  baseUrl: "https://api.perplexity.ai",
  aliases: ["PerplexityAI", "PerplexityApi"],
  keyNames: ["PERPLEXITY_API_KEY"],
  addressNames: ["PERPLEXITY_BASE_URL"],
  usualModels: ["perplexity/sonar"],
  modelsPath: "/v1/models",
  wireFor: () => agent,
  refuses: () => unknownFields,
  passes: settings,
  stops: ["logit_bias", "logprobs", "top_logprobs", "top_k", "min_p", "repetition_penalty", "user", "verbosity"],
});
