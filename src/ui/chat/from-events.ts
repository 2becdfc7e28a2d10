import type { FinishReason, RunEvent, ToolCall } from "../../protocol/events.ts";
import type { AnswerState, AnswerUsage } from "../answer/answer-state.ts";

/** An answer that is being followed, and what only its events tell. */
export interface FollowedAnswer extends AnswerState {
  /** When its thinking began, by the clock of who follows. */
  readonly thinkingSince: number | undefined;
}

export const emptyAnswer: FollowedAnswer = {
  state: "running",
  provider: "",
  model: "",
  text: "",
  reasoning: "",
  reasoningMs: undefined,
  status: "",
  steps: [],
  toolCalls: [],
  preview: undefined,
  notes: [],
  failure: undefined,
  finish: undefined,
  usage: undefined,
  suggestions: [],
  thinkingSince: undefined,
};

/** Events that come at once are those of the past: how long they took is not known. */
const shortestThoughtMs = 100;

/** What an answer is after these events; `now` is when they came, in milliseconds. */
export function withEvents(answer: FollowedAnswer, events: readonly RunEvent[], now: number): FollowedAnswer {
  return events.reduce((state, event) => withEvent(state, event, now), answer);
}

function withEvent(answer: FollowedAnswer, event: RunEvent, now: number): FollowedAnswer {
  switch (event.type) {
    case "provider":
      return { ...answer, provider: event.provider.name, model: event.provider.model ?? "" };
    case "content":
      return { ...withoutThinking(answer, now), text: answer.text + event.content, preview: undefined };
    case "reasoning":
      return withReasoning(answer, event, now);
    case "preview":
      return { ...answer, preview: typeof event.urls === "string" ? event.urls : event.urls?.[0] };
    case "tool_calls":
      return { ...withoutThinking(answer, now), toolCalls: event.tool_calls.reduce(withPiece, answer.toolCalls) };
    case "suggestions":
      return { ...answer, suggestions: event.suggestions };
    case "usage":
      return { ...answer, usage: toUsage(event) };
    case "message":
      return { ...answer, notes: [...answer.notes, event.message] };
    case "error":
    case "auth":
      return { ...answer, failure: withoutClass(event.message) };
    case "finish":
      return withFinish(withoutThinking(answer, now), event.finish.reason);
    default:
      return answer;
  }
}

function withReasoning(
  answer: FollowedAnswer,
  { token, status, label, is_thinking }: Extract<RunEvent, { type: "reasoning" }>,
  now: number,
): FollowedAnswer {
  if (is_thinking === "</think>") return withoutThinking(answer, now, toMs(status));
  if (token != null || is_thinking !== undefined)
    return {
      ...answer,
      reasoning: answer.reasoning + (token ?? ""),
      thinkingSince: answer.thinkingSince ?? now,
      status: "",
    };
  if (status === undefined || status === "") return withoutThinking(answer, now);
  const steps = [...answer.steps, { label: label ?? "", status }];
  return { ...answer, steps, status: label === undefined ? status : `${label}: ${status}` };
}

/** Several thoughts of one answer are counted together. */
function withoutThinking(answer: FollowedAnswer, now: number, toldMs?: number): FollowedAnswer {
  const { thinkingSince: since, reasoningMs } = answer;
  if (since === undefined) return answer.status === "" ? answer : { ...answer, status: "" };
  const tookMs = toldMs ?? (now - since >= shortestThoughtMs ? now - since : undefined);
  return {
    ...answer,
    status: "",
    thinkingSince: undefined,
    reasoningMs: tookMs === undefined ? reasoningMs : (reasoningMs ?? 0) + tookMs,
  };
}

/** `Thought for 2.34s` */
function toMs(status = ""): number | undefined {
  const seconds = /([\d.]+)s$/.exec(status)?.[1];
  return seconds === undefined ? undefined : Math.round(Number(seconds) * 1000);
}

const states: Partial<Record<FinishReason, AnswerState["state"]>> = { error: "failed", cancelled: "cancelled" };

function withFinish(answer: FollowedAnswer, reason: FinishReason): FollowedAnswer {
  return { ...answer, state: states[reason] ?? "done", finish: reason, preview: undefined };
}

/** What a program wants to know stands before the first colon: `RateLimitError: Groq: …`. */
export function withoutClass(message: string): string {
  return message.replace(/^\w+Error: /, "");
}

/** Pieces of one call have its `index`, and all but the first no more than arguments. */
function withPiece(calls: readonly ToolCall[], piece: ToolCall): readonly ToolCall[] {
  const place = piece.index === undefined ? -1 : calls.findIndex(({ index }) => index === piece.index);
  const begun = calls[place];
  if (!begun) return [...calls, piece];
  const args = (begun.function.arguments ?? "") + (piece.function.arguments ?? "");
  return calls.with(place, { ...begun, function: { ...begun.function, arguments: args } });
}

function toUsage({ usage, cost }: Extract<RunEvent, { type: "usage" }>): AnswerUsage {
  return { promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens, cost };
}
