import { estimateTokens } from "../lib/text.ts";
import type { Message } from "../protocol/chat.ts";
import type { RunEvent, Usage } from "../protocol/events.ts";

/** Counts what one attempt used: as the upstream tells it, else by its texts. */
export interface Tally {
  add(event: RunEvent): void;
  tell(usage: Partial<Usage>): void;
  /** `undefined` when nothing was used. */
  usage(): Usage | undefined;
}

export function createTally(messages: readonly Message[]): Tally {
  let told: Partial<Usage> = {};
  // Joined at the end: most upstreams tell, and then the text is not looked at.
  const output: string[] = [];

  return {
    add(event) {
      if (event.type === "content") output.push(event.content);
      else if (event.type === "reasoning") output.push(event.token ?? "");
      else if (event.type === "tool_calls")
        output.push(...event.tool_calls.map((call) => call.function.arguments ?? ""));
    },
    tell: (usage) => void (told = { ...told, ...usage }),
    usage() {
      const isTold = told.prompt_tokens !== undefined && told.completion_tokens !== undefined;
      if (!isTold && told.prompt_tokens === undefined && output.length === 0) return undefined;
      const prompt_tokens = told.prompt_tokens ?? estimatePrompt(messages);
      const completion_tokens = told.completion_tokens || estimateTokens(output.join(""));
      return {
        ...told,
        prompt_tokens,
        completion_tokens,
        total_tokens: told.total_tokens ?? prompt_tokens + completion_tokens,
        ...(!isTold && { estimated: true as const }),
      };
    },
  };
}

/** Tokens that a message costs beyond its text, and those of a picture: of the usual order, no more. */
const messageTokens = 4;
const pictureTokens = 800;

function estimatePrompt(messages: readonly Message[]): number {
  let tokens = 0;
  for (const { content } of messages) {
    tokens += messageTokens;
    if (typeof content === "string") tokens += estimateTokens(content);
    else for (const part of content ?? []) tokens += part.type === "text" ? estimateTokens(part.text) : pictureTokens;
  }
  return tokens;
}
