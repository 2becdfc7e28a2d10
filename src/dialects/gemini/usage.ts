import type { Usage } from "../../protocol/events.ts";
import { sumUsage } from "../../protocol/usage-sum.ts";

/**
 * What all candidates used together; nothing where nothing is known. Thoughts are counted apart from the candidates, and both
 * are output: https://ai.google.dev/api/generate-content#UsageMetadata
 */
export function toUsageMetadata(used: readonly Usage[]) {
  const usage = sumUsage(used);
  if (!usage) return {};
  const thoughts = usage.completion_tokens_details?.reasoning_tokens;
  const cached = usage.prompt_tokens_details?.cached_tokens;
  return {
    usageMetadata: {
      promptTokenCount: usage.prompt_tokens,
      candidatesTokenCount: Math.max(0, usage.completion_tokens - (thoughts ?? 0)),
      ...(thoughts !== undefined && { thoughtsTokenCount: thoughts }),
      ...(cached !== undefined && { cachedContentTokenCount: cached }),
      totalTokenCount: usage.total_tokens,
    },
  };
}
