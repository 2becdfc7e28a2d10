import { countAt } from "../../lib/json.ts";
import type { Usage } from "../../protocol/events.ts";

/** Tokens of what is no chat: OpenAI calls them by what goes in and comes out, others as in a chat. */
export function toTokens(usage: unknown): Partial<Usage> {
  const prompt_tokens = countAt(usage, "input_tokens") ?? countAt(usage, "prompt_tokens");
  const completion_tokens = countAt(usage, "output_tokens") ?? countAt(usage, "completion_tokens");
  const total_tokens = countAt(usage, "total_tokens");
  return {
    ...(prompt_tokens !== undefined && { prompt_tokens }),
    ...(completion_tokens !== undefined && { completion_tokens }),
    ...(total_tokens !== undefined && { total_tokens }),
  };
}
