import { isObject, tryParseJson } from "../../lib/json.ts";
import type { FinishReason, Usage } from "../../protocol/events.ts";
import type { Collected, CollectedCall } from "../collected.ts";

/** What is said of every piece of an answer. */
export interface AnswerNames {
  readonly responseId: string;
  readonly modelVersion: string;
}

/** https://ai.google.dev/api/generate-content#generatecontentresponse */
export function toAnswer(collected: Collected, responseId: string, includesThoughts: boolean): object {
  const { text, reasoning, calls, usage, reason = "stop", model } = collected;
  const parts = [
    ...(includesThoughts && reasoning !== "" ? [{ text: reasoning, thought: true }] : []),
    ...(text !== "" ? [{ text }] : []),
  ];
  return toPiece(parts, { responseId, modelVersion: model }, { reason, calls, usage });
}

/** How an answer ends. */
export interface AnswerEnd {
  readonly reason: FinishReason;
  readonly calls: readonly CollectedCall[];
  readonly usage: Usage | undefined;
}

/** One piece of an answer; the last has its end. A content without parts is no valid one to their clients. */
export function toPiece(parts: readonly object[], names: AnswerNames, end?: AnswerEnd): object {
  const { called, isMalformed } = toFunctionCalls(end?.calls ?? []);
  const all = [...parts, ...called];
  const content = { parts: all.length > 0 ? all : [{ text: "" }], role: "model" };
  const finish = end && {
    finishReason: isMalformed ? "MALFORMED_FUNCTION_CALL" : finishReasons[end.reason],
    ...(isMalformed && { finishMessage: "the arguments of a call are no JSON object" }),
  };
  return {
    candidates: [{ content, ...finish, index: 0 }],
    ...(end?.usage && { usageMetadata: toUsageMetadata(end.usage) }),
    ...names,
  };
}

/** Calls are given whole; one whose arguments are no object cannot be. */
function toFunctionCalls(calls: readonly CollectedCall[]): { called: readonly object[]; isMalformed: boolean } {
  const called = calls.flatMap(({ id, name, arguments: json }) => {
    const args = tryParseJson(json || "{}");
    return isObject(args) ? [{ functionCall: { id, name, args } }] : [];
  });
  return { called, isMalformed: called.length < calls.length };
}

const finishReasons: Readonly<Record<FinishReason, string>> = {
  stop: "STOP",
  length: "MAX_TOKENS",
  tool_calls: "STOP",
  content_filter: "SAFETY",
  error: "OTHER",
  cancelled: "OTHER",
};

/** Thoughts are counted apart from the candidates; both are output. */
function toUsageMetadata(usage: Usage) {
  const { prompt_tokens, completion_tokens, total_tokens } = usage;
  const thoughts = usage.completion_tokens_details?.reasoning_tokens;
  const cached = usage.prompt_tokens_details?.cached_tokens;
  return {
    promptTokenCount: prompt_tokens,
    candidatesTokenCount: Math.max(0, completion_tokens - (thoughts ?? 0)),
    ...(thoughts !== undefined && { thoughtsTokenCount: thoughts }),
    ...(cached !== undefined && { cachedContentTokenCount: cached }),
    totalTokenCount: total_tokens,
  };
}
