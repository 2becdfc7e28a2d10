import { createTokenCounter } from "../lib/text.ts";
import type { Message } from "../protocol/chat.ts";
import type { RunEvent, Usage } from "../protocol/events.ts";
import { createPromptSize } from "../routing/prompt-size.ts";

/** Counts what a run used: as the upstream tells it, else by its texts. */
export interface Tally {
  /** What is asked, once it is known. */
  ask(messages: readonly Message[]): void;
  add(event: RunEvent): void;
  tell(usage: Partial<Usage>): void;
  /** `undefined` when nothing was used. */
  usage(): Usage | undefined;
}

export function createTally(): Tally {
  let told: Partial<Usage> = {};
  let prompt = createPromptSize([]);
  const output = createTokenCounter();

  return {
    ask: (messages) => void (prompt = createPromptSize(messages)),
    add(event) {
      // What is made is paid otherwise than by its markup.
      if (event.type === "content" && (event.urls || event.data)) return;
      if (event.type === "content") output.add(event.content);
      else if (event.type === "reasoning") output.add(event.token ?? "");
      else if (event.type === "tool_calls")
        for (const call of event.tool_calls) output.add(call.function.arguments ?? "");
    },
    tell: (usage) => void (told = { ...told, ...usage }),
    usage() {
      const used = output.tokens;
      if (told.prompt_tokens === undefined && told.completion_tokens === undefined && used === 0) return undefined;
      const prompt_tokens = told.prompt_tokens ?? prompt.tokens;
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

/** `undefined` where one of them is not known, or there is none. */
export function sumCosts(all: readonly (number | undefined)[]): number | undefined {
  const known = all.filter((cost) => cost !== undefined);
  if (known.length === 0 || known.length < all.length) return undefined;
  // Twelve digits, as each of them has.
  return Number(known.reduce((sum, cost) => sum + cost, 0).toPrecision(12));
}
