import type { FinishReason, Usage } from "../../protocol/events.ts";

/** https://docs.anthropic.com/en/api/messages#response-usage: what the cache read and wrote is no part of `input_tokens`. */
export function toUsage(usage: Usage | undefined) {
  const { prompt_tokens: prompt = 0, completion_tokens: output_tokens = 0 } = usage ?? {};
  const { cached_tokens: read = 0, cache_creation_tokens: written = 0 } = usage?.prompt_tokens_details ?? {};
  const thinking = usage?.completion_tokens_details?.reasoning_tokens;
  return {
    input_tokens: Math.max(0, prompt - read - written),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    output_tokens,
    ...(thinking !== undefined && { output_tokens_details: { thinking_tokens: thinking } }),
  };
}

/** https://docs.anthropic.com/en/api/handling-stop-reasons; of a stop sequence providers do not say that it was one. */
export function toStopReason(reason: FinishReason | undefined): string {
  switch (reason) {
    case "length":
      return "max_tokens";
    case "tool_calls":
      return "tool_use";
    case "content_filter":
      return "refusal";
    default:
      return "end_turn";
  }
}
