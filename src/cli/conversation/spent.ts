import type { RunEvent, Usage } from "../../protocol/events.ts";

/** What a session's answers came to. */
export interface Spent {
  add(events: readonly RunEvent[]): void;
  /** As one sentence. */
  toText(): string;
}

export function createSpent(): Spent {
  let answers = 0;
  let prompt = 0;
  let completion = 0;
  let cost = 0;
  let isEstimated = false;
  return {
    add(events) {
      for (const event of events) {
        if (event.type !== "usage") continue;
        answers++;
        prompt += event.usage.prompt_tokens;
        completion += event.usage.completion_tokens;
        cost += event.cost ?? 0;
        isEstimated ||= event.usage.estimated === true;
      }
    },
    toText: () =>
      `${answers} ${answers === 1 ? "answer" : "answers"}, ` +
      toTokens({ prompt_tokens: prompt, completion_tokens: completion }, isEstimated, cost),
  };
}

/** `120 + 45 tokens, $0.0012`: what was read, and what was written. */
export function toTokens(
  { prompt_tokens, completion_tokens }: Pick<Usage, "prompt_tokens" | "completion_tokens">,
  isEstimated: boolean,
  cost = 0,
): string {
  const tokens = `${isEstimated ? "about " : ""}${prompt_tokens} + ${completion_tokens} tokens`;
  return cost > 0 ? `${tokens}, $${cost.toFixed(cost < 0.01 ? 6 : 4)}` : tokens;
}
