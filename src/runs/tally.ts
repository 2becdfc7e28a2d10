import { createTokenCounter } from "../lib/text.ts";
import type { Message } from "../protocol/chat.ts";
import type { RunEvent, Usage } from "../protocol/events.ts";

/** Counts what a run used: as the upstream tells it, else by its texts. */
export interface Tally {
  add(event: RunEvent): void;
  tell(usage: Partial<Usage>): void;
  /** `undefined` when nothing was used. */
  usage(): Usage | undefined;
}

export function createTally(messages: readonly Message[]): Tally {
  let told: Partial<Usage> = {};
  let estimated: number | undefined;
  const output = createTokenCounter();

  return {
    add(event) {
      if (event.type === "content") output.add(event.content);
      else if (event.type === "reasoning") output.add(event.token ?? "");
      else if (event.type === "tool_calls")
        for (const call of event.tool_calls) output.add(call.function.arguments ?? "");
    },
    tell: (usage) => void (told = { ...told, ...usage }),
    usage() {
      const used = output.tokens;
      if (told.prompt_tokens === undefined && told.completion_tokens === undefined && used === 0) return undefined;
      const prompt_tokens = told.prompt_tokens ?? (estimated ??= estimatePrompt(messages));
      const completion_tokens = told.completion_tokens || used;
      const isTold = prompt_tokens === told.prompt_tokens && completion_tokens === (told.completion_tokens ?? 0);
      return {
        ...told,
        prompt_tokens,
        completion_tokens,
        total_tokens: (isTold ? told.total_tokens : undefined) ?? prompt_tokens + completion_tokens,
        ...(!isTold && { estimated: true as const }),
      };
    },
  };
}

/** Tokens that a message costs beyond its text, and those of a picture: of the usual order, no more. */
const messageTokens = 4;
const pictureTokens = 800;

function estimatePrompt(messages: readonly Message[]): number {
  const counter = createTokenCounter();
  let extra = 0;
  for (const { content } of messages) {
    extra += messageTokens;
    if (typeof content === "string") counter.add(content);
    else {
      for (const part of content ?? []) {
        if (part.type === "text") counter.add(part.text);
        else extra += pictureTokens;
      }
    }
  }
  return counter.tokens + extra;
}
