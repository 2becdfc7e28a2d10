import { countAt } from "../../lib/json.ts";
import type { ProviderChat } from "../provider.ts";
import type { CountSource } from "../wire.ts";
import { toBody } from "./body.ts";

/** What the vendor counts of a question; it refuses the rest of it. */
const counted = ["model", "messages", "system", "tools", "tool_choice", "thinking", "output_config"];

/** https://docs.anthropic.com/en/api/messages-count-tokens */
export const count: CountSource = {
  path: () => "/v1/messages/count_tokens",
  toBody(chat: ProviderChat) {
    const body = toBody(chat);
    return Object.fromEntries(
      counted.filter((field) => body[field] !== undefined).map((field) => [field, body[field]]),
    );
  },
  toTokens: (answer) => countAt(answer, "input_tokens"),
};
