import type { TokenLimit } from "../token-limit.ts";

/** https://docs.anthropic.com/en/api/rate-limits#response-headers */
export function toAnthropicLimits(
  { limit, left, resetsAt }: Omit<TokenLimit, "resetMs">,
  of: "tokens" | "requests" = "tokens",
): Record<string, string> {
  return {
    [`anthropic-ratelimit-${of}-limit`]: String(limit),
    [`anthropic-ratelimit-${of}-remaining`]: String(left),
    [`anthropic-ratelimit-${of}-reset`]: resetsAt,
  };
}
