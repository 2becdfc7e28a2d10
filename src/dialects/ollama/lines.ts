import { isObject, tryParseJson } from "../../lib/json.ts";
import type { FinishReason, TokenLogprob, Usage } from "../../protocol/events.ts";
import type { CollectedCall } from "../collected.ts";
import type { Durations } from "./timing.ts";

/** What a line says of the answer. */
export interface Said {
  readonly content: string;
  readonly thinking?: string | undefined;
  readonly calls?: readonly CollectedCall[] | undefined;
  readonly logprobs?: readonly TokenLogprob[] | undefined;
}

/** Where one of this API's routes has what is said. */
export type Shape = (said: Said) => object;

/** https://docs.ollama.com/api/chat */
export const chatShape: Shape = ({ content, thinking, calls, logprobs }) => ({
  message: { role: "assistant", content, ...toRest({ thinking, calls }) },
  ...(logprobs?.length && { logprobs }),
});

/** https://docs.ollama.com/api/generate */
export const generateShape: Shape = ({ content, thinking, calls, logprobs }) => ({
  response: content,
  ...toRest({ thinking, calls }),
  ...(logprobs?.length && { logprobs }),
});

function toRest({ thinking, calls }: Pick<Said, "thinking" | "calls">): object {
  return { ...(thinking && { thinking }), ...(calls?.length && { tool_calls: calls.map(toCall) }) };
}

/** The id is for those who send it back with the result, and its vendor's. */
function toCall({ id, name, arguments: json }: CollectedCall, index: number): object {
  return { ...(id && { id }), function: { index, name, arguments: toArguments(json) } };
}

/** This API has an object alone: what a model wrote that is none stands in one, for the tool to refuse. */
export function toArguments(json: string): object {
  const parsed = tryParseJson(json || "{}");
  return isObject(parsed) ? parsed : { arguments: json };
}

/** How an answer ended, and what it took. */
export function toEnd(reason: FinishReason, usage: Usage | undefined, durations: Durations): object {
  return {
    done: true,
    // A model that calls tools has stopped, for this API.
    done_reason: reason === "tool_calls" ? "stop" : reason,
    ...durations,
    prompt_eval_count: usage?.prompt_tokens ?? 0,
    eval_count: usage?.completion_tokens ?? 0,
  };
}

/** RFC 3339 with nanoseconds. @param ms since 1970 */
export function toMoment(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "000000Z");
}
