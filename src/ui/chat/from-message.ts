import { arrayAt, countAt, numberAt, textAt } from "../../lib/json.ts";
import type { AskedMessage } from "../../protocol/chat.ts";
import type { ChatMessage } from "../../protocol/chats.ts";
import type { AnswerState, AnswerUsage } from "../answer/answer-state.ts";
import { emptyAnswer, type FollowedAnswer, withoutClass } from "./from-events.ts";

/** An answer as its chat has kept it. */
export function fromMessage({ message, state, provider, model, usage }: ChatMessage): AnswerState {
  const failure = textAt(message, "failure", "message");
  return {
    ...emptyAnswer,
    state,
    provider: provider ?? "",
    model: model ?? "",
    text: textOf(message.content),
    reasoning: textAt(message, "reasoning") ?? "",
    reasoningMs: numberAt(message, "reasoning_ms"),
    toolCalls: message.tool_calls ?? [],
    // How programs go on with what was interrupted, is of no use to people: there is a button for it.
    failure: failure === undefined || state === "interrupted" ? undefined : withoutClass(failure),
    finish: textAt(message, "finish"),
    usage: toUsage(usage),
    suggestions: arrayAt(message, "suggestions").filter((each) => typeof each === "string"),
  };
}

/** What is kept of an answer, with what only those know who followed it. */
export function withFollowed(kept: AnswerState, followed: AnswerState): AnswerState {
  return {
    ...kept,
    reasoningMs: followed.reasoningMs ?? kept.reasoningMs,
    steps: followed.steps,
    notes: followed.notes,
    finish: followed.finish ?? kept.finish,
  };
}

/** Of an answer that its chat has by now: what `withFollowed` takes, and nothing else. */
export function onlyFollowed({ state, reasoningMs, steps, notes, finish }: AnswerState): FollowedAnswer {
  return { ...emptyAnswer, state, reasoningMs, steps, notes, finish };
}

/** What a message says in words. */
export function textOf(content: AskedMessage["content"]): string {
  if (typeof content === "string") return content;
  return (content ?? []).flatMap((part) => textAt(part, "text") ?? []).join("\n\n");
}

/** As its run told it; of an import, whatever was there. */
function toUsage(usage: ChatMessage["usage"]): AnswerUsage | undefined {
  const promptTokens = countAt(usage, "usage", "prompt_tokens");
  const completionTokens = countAt(usage, "usage", "completion_tokens");
  if (promptTokens === undefined || completionTokens === undefined) return undefined;
  return { promptTokens, completionTokens, cost: numberAt(usage, "cost") };
}
