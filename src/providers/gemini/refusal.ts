import { at, textAt } from "../../lib/json.ts";
import { oneLine } from "../../lib/text.ts";
import { ApiError } from "../../protocol/errors.ts";

/**
 * Why an answer holds nothing: the vendor says it under status 200, in the reason for which it ended. `thing` is what
 * was asked for: `picture`, `sound`.
 */
export function emptyAnswer(message: unknown, provider: string, thing: string): ApiError {
  const candidate = at(message, "candidates", 0);
  const blocked = textAt(message, "promptFeedback", "blockReason");
  const reason = blocked ?? textAt(candidate, "finishReason") ?? "it gave no reason";
  const said = textAt(message, "promptFeedback", "blockReasonMessage") ?? textAt(candidate, "finishMessage") ?? reason;
  return blocked !== undefined || refusals.test(reason) ? refused(provider, said) : nothingMade(provider, thing, said);
}

export function refused(provider: string, said: string): ApiError {
  return new ApiError("upstream_rejected", `${provider} refused: ${oneLine(said, 300)}`);
}

export function nothingMade(provider: string, thing: string, said: string): ApiError {
  return new ApiError("no_media", `${provider} made no ${thing}: ${oneLine(said, 300)}`);
}

/** `NO_IMAGE` is not among them: some models say it of a refusal, and all of a question that asks for no picture. */
const refusals = /^(IMAGE_)?(SAFETY|PROHIBITED_CONTENT|RECITATION|BLOCKLIST|SPII)$/;
