import type { ChatRequest } from "../../protocol/chat.ts";
import { ApiError } from "../../protocol/errors.ts";
import { toMessages } from "./contents.ts";
import { toSampling } from "./generation.ts";
import { readGenerateRequest } from "./request.ts";
import { toTools } from "./tools.ts";

export interface AskedContent {
  readonly asked: ChatRequest;
  /** Whether what was thought is told, which is left out where nobody asks for it. */
  readonly includesThoughts: boolean;
  /** How many answers are wanted. */
  readonly candidates: number;
}

/**
 * What is asked of a model, which stands in the path.
 *
 * @param origin this server's own address, as its caller knows it
 * @throws {ApiError} `invalid_request`, naming the field and never its value
 */
export function parseGenerateContent(body: unknown, model: string, origin: string): AskedContent {
  const request = readGenerateRequest(body);
  if (request.cachedContent)
    throw new ApiError(
      "invalid_request",
      "cachedContent: nothing is cached here by name; send the contents themselves",
    );
  const { generationConfig = {}, safetySettings } = request;
  return {
    asked: {
      model,
      messages: toMessages(request, origin),
      ...toTools(request),
      ...toSampling(generationConfig),
      // Their own vendor takes them; others have none.
      ...(safetySettings && { safetySettings }),
    },
    candidates: toCandidates(generationConfig.candidateCount),
    includesThoughts: generationConfig.thinkingConfig?.includeThoughts === true,
  };
}

/** As many as their owner gives at most. */
const maxCandidates = 8;

function toCandidates(count: number | null | undefined): number {
  if (count == null) return 1;
  if (count >= 1 && count <= maxCandidates) return count;
  throw new ApiError("invalid_request", `generationConfig.candidateCount: expected 1 to ${maxCandidates}`);
}

/** What is to be counted: the contents alone, or a whole request. @throws as `parseGenerateContent` */
export function parseCountTokens(body: Record<string, unknown>, model: string, origin: string): ChatRequest {
  return parseGenerateContent(body.generateContentRequest ?? body.generate_content_request ?? body, model, origin)
    .asked;
}
