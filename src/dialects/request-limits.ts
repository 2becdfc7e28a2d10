import { isAnthropics } from "./failures.ts";
import { toDuration } from "./openai/limits.ts";

/** How many requests a key may send in a minute, and how many of them are left. */
export interface RequestLimit {
  readonly limit: number;
  readonly left: number;
  /** In how long all of them are there again, in milliseconds. */
  readonly resetMs: number;
}

/** The same in headers, in the words of those who asked: by our own names in seconds, and by another API's in its own. */
export function tellRequestLimit({ limit, left, resetMs }: RequestLimit, request: Request, path: string, now: number) {
  const seconds = Math.ceil(resetMs / 1000);
  const own = {
    "x-ratelimit-limit": `${limit}`,
    "x-ratelimit-remaining": `${left}`,
    "x-ratelimit-reset": `${seconds}`,
  };
  // https://docs.anthropic.com/en/api/rate-limits#response-headers
  if (isAnthropics(request, path))
    return {
      ...own,
      "anthropic-ratelimit-requests-limit": `${limit}`,
      "anthropic-ratelimit-requests-remaining": `${left}`,
      "anthropic-ratelimit-requests-reset": new Date(now + resetMs).toISOString(),
    };
  // https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
  if (path.startsWith("/v1/"))
    return {
      ...own,
      "x-ratelimit-limit-requests": `${limit}`,
      "x-ratelimit-remaining-requests": `${left}`,
      "x-ratelimit-reset-requests": toDuration(resetMs),
    };
  return own;
}
