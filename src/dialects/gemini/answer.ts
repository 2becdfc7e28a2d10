import { isObject, tryParseJson } from "../../lib/json.ts";
import type { FinishReason, TokenLogprob, Usage } from "../../protocol/events.ts";
import type { Collected, CollectedCall } from "../collected.ts";
import { toLogprobs } from "./logprobs.ts";
import type { AnswerPart } from "./parts.ts";
import { toUsageMetadata } from "./usage.ts";

/** What is said of every piece of an answer. */
export interface AnswerNames {
  readonly responseId: string;
  readonly modelVersion: string;
}

/** What one candidate says, or a piece of it; the last has its end. */
export interface Candidate {
  readonly index: number;
  readonly parts: readonly AnswerPart[];
  readonly logprobs: readonly TokenLogprob[];
  readonly end?: { readonly reason: FinishReason; readonly calls: readonly CollectedCall[] };
}

/** A whole answer. @param parts those of each candidate */
export function toAnswer(
  collected: readonly Collected[],
  parts: readonly (readonly AnswerPart[])[],
  responseId: string,
): object {
  const used = collected.flatMap(({ usage }) => usage ?? []);
  const candidates = collected.map(({ calls, logprobs, reason = "stop" }, index): Candidate => ({
    index,
    parts: parts[index] ?? [],
    logprobs,
    end: { reason, calls },
  }));
  return toPiece(candidates, { responseId, modelVersion: collected[0]?.model ?? "" }, used);
}

/** https://ai.google.dev/api/generate-content#generatecontentresponse */
export function toPiece(candidates: readonly Candidate[], names: AnswerNames, used: readonly Usage[] = []): object {
  return { candidates: candidates.map(toCandidate), ...toUsageMetadata(used), ...names };
}

/** What stands before and after the parts of a piece that has nothing else to say. */
export function aroundParts(index: number, names: AnswerNames): readonly [before: string, after: string] {
  const json = JSON.stringify(toPiece([{ index, parts: noWords, logprobs: [] }], names));
  const parts = JSON.stringify(noWords);
  const at = json.indexOf(parts);
  return [json.slice(0, at), json.slice(at + parts.length)];
}

const noWords: readonly AnswerPart[] = [{ text: "" }];

/** A content without parts is no valid one to their clients. */
function toCandidate({ index, parts, logprobs, end }: Candidate): object {
  const { called, isMalformed } = toFunctionCalls(end?.calls ?? []);
  const all = [...parts, ...called];
  return {
    content: { parts: all.length > 0 ? all : noWords, role: "model" },
    ...(end && { finishReason: isMalformed ? "MALFORMED_FUNCTION_CALL" : finishReasons[end.reason] }),
    ...(isMalformed && { finishMessage: "the arguments of a call are no JSON object" }),
    ...toLogprobs(logprobs),
    index,
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
