import type { TokenLimit } from "../token-limit.ts";

/** https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers */
export function toOpenaiLimits(
  { limit, left, resetMs }: Omit<TokenLimit, "resetsAt">,
  of: "tokens" | "requests" = "tokens",
): Record<string, string> {
  return {
    [`x-ratelimit-limit-${of}`]: String(limit),
    [`x-ratelimit-remaining-${of}`]: String(left),
    [`x-ratelimit-reset-${of}`]: toDuration(resetMs),
  };
}

/** As Go writes durations: `6h3m0s`, `1m30s`, `20ms`. */
function toDuration(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)}ms`;
  const seconds = Math.ceil(ms / 1000);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
