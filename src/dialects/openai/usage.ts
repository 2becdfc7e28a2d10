import type { Usage } from "../../protocol/events.ts";
import { sumUsage } from "../../protocol/usage-sum.ts";

const none: Usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };

/** What all answers to one request used together, which their clients read whether or not anything was. */
export function toOpenaiUsage(all: readonly (Usage | undefined)[]): Usage {
  return sumUsage(all) ?? none;
}
