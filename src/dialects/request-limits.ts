import { toTime } from "../lib/clock.ts";
import { toAnthropicLimits } from "./anthropic/limits.ts";
import { isAnthropics } from "./failures.ts";
import { toOpenaiLimits } from "./openai/limits.ts";

/** How many requests a key may send in a minute, and how many of them are left. */
export interface RequestLimit {
  readonly limit: number;
  readonly left: number;
  /** In how long all of them are there again, in milliseconds. */
  readonly resetMs: number;
}

/** The same in headers, in the words of those who asked: by our own names in seconds, and by another API's in its own. */
export function tellRequestLimit(
  { limit, left, resetMs }: RequestLimit,
  request: Request,
  path: string,
  now: number,
): Record<string, string> {
  const own = {
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(left),
    "x-ratelimit-reset": String(Math.ceil(resetMs / 1000)),
  };
  if (isAnthropics(request, path))
    return { ...own, ...toAnthropicLimits({ limit, left, resetsAt: toTime(now + resetMs) }, "requests") };
  if (path.startsWith("/v1/")) return { ...own, ...toOpenaiLimits({ limit, left, resetMs }, "requests") };
  return own;
}
