import { isObject, textAt } from "../../lib/json.ts";
import { lookUp } from "../../lib/lookup.ts";
import type { ChatRequest, ResponseFormat } from "../../protocol/chat.ts";
import { ApiError } from "../../protocol/errors.ts";
import type { GenerationConfig } from "./request.ts";
import { toJsonSchema } from "./schema.ts";

/** What goes to the vendors that know it. */
interface Passed {
  readonly top_k?: number;
  readonly logprobs?: true;
  readonly top_logprobs?: number;
}

/** https://ai.google.dev/api/generate-content#generationconfig @throws {ApiError} `invalid_request` */
export function toSampling(config: GenerationConfig): Partial<ChatRequest> & Passed {
  const { temperature, topP, topK, maxOutputTokens, stopSequences, seed, presencePenalty, frequencyPenalty } = config;
  const { imageConfig, speechConfig, thinkingConfig, responseLogprobs, logprobs } = config;
  const format = toFormat(config);
  const effort = toEffort(thinkingConfig ?? {});
  const voice = textAt(speechConfig, "voiceConfig", "prebuiltVoiceConfig", "voiceName");
  return {
    ...(temperature != null && { temperature }),
    ...(topP != null && { top_p: topP }),
    ...(topK != null && { top_k: topK }),
    ...(maxOutputTokens != null && { max_tokens: maxOutputTokens }),
    ...(stopSequences?.length && { stop: stopSequences }),
    ...(seed != null && { seed }),
    ...(presencePenalty != null && { presence_penalty: presencePenalty }),
    ...(frequencyPenalty != null && { frequency_penalty: frequencyPenalty }),
    ...(format && { response_format: format }),
    ...(effort !== undefined && { reasoning_effort: effort }),
    ...(imageConfig?.aspectRatio && { aspect_ratio: imageConfig.aspectRatio }),
    ...(imageConfig?.imageSize && { resolution: imageConfig.imageSize }),
    ...(voice && { voice }),
    ...(responseLogprobs && { logprobs: true, ...(logprobs != null && { top_logprobs: logprobs }) }),
  };
}

function toFormat({
  responseMimeType,
  responseSchema,
  responseJsonSchema,
}: GenerationConfig): ResponseFormat | undefined {
  if (responseMimeType && responseMimeType !== "text/plain" && responseMimeType !== "application/json")
    throw new ApiError("invalid_request", "generationConfig.responseMimeType: expected text/plain or application/json");
  if (responseJsonSchema != null) return toNamed(responseJsonSchema, "responseJsonSchema", (schema) => schema);
  if (responseSchema != null) return toNamed(responseSchema, "responseSchema", toJsonSchema);
  return responseMimeType === "application/json" ? { type: "json_object" } : undefined;
}

function toNamed(
  schema: unknown,
  field: string,
  convert: (schema: Record<string, unknown>) => Record<string, unknown>,
): ResponseFormat {
  if (!isObject(schema)) throw new ApiError("invalid_request", `generationConfig.${field}: expected an object`);
  return { type: "json_schema", json_schema: { name: "response", schema: convert(schema) } };
}

/** A level is one of ours in capitals; a budget, in tokens, is the least level that has so many. */
function toEffort({
  thinkingLevel,
  thinkingBudget,
}: NonNullable<GenerationConfig["thinkingConfig"]>): string | undefined {
  if (thinkingLevel) {
    const level = thinkingLevel.toUpperCase();
    if (level === "THINKING_LEVEL_UNSPECIFIED") return undefined;
    const effort = lookUp(levels, level);
    if (effort !== undefined) return effort;
    throw new ApiError(
      "invalid_request",
      `generationConfig.thinkingConfig.thinkingLevel: expected one of ${Object.keys(levels).join(", ")}`,
    );
  }
  // Below 0 the model decides for itself.
  if (thinkingBudget == null || thinkingBudget < 0) return undefined;
  return budgets.find(([tokens]) => thinkingBudget <= tokens)?.[1] ?? "high";
}

const levels: Readonly<Record<string, string>> = {
  MINIMAL: "minimal",
  LOW: "low",
  MEDIUM: "medium",
  HIGH: "high",
  XHIGH: "xhigh",
};

const budgets: readonly (readonly [number, string])[] = [
  [0, "none"],
  [512, "minimal"],
  [2048, "low"],
  [8192, "medium"],
];
