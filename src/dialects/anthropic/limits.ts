import type { TokenLimit } from "../token-limit.ts";

/** https://docs.anthropic.com/en/api/rate-limits#response-headers */
export function toAnthropicLimits({ limit, left, resetsAt }: TokenLimit): Record<string, string> {
  return {
    "anthropic-ratelimit-tokens-limit": String(limit),
    "anthropic-ratelimit-tokens-remaining": String(left),
    "anthropic-ratelimit-tokens-reset": resetsAt,
  };
}
