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

/** What stands around that in one of this API's routes. */
export interface Shape {
  readonly before: string;
  readonly after: string;
}

/** https://docs.ollama.com/api/chat */
export const chatShape: Shape = { before: '"message":{"role":"assistant","content":', after: "}" };

/** https://docs.ollama.com/api/generate */
export const generateShape: Shape = { before: '"response":', after: "" };

/** Whether and how an answer has ended. */
export type End = { readonly done: boolean } & Readonly<Record<string, unknown>>;

/**
 * A line without its end, or a whole answer: written by hand, for there is one for each token.
 *
 * @param beginning `toBeginning`'s
 */
export function writeLine(beginning: string, { before, after }: Shape, said: Said, end: End): string {
  const { content, thinking, calls, logprobs } = said;
  return (
    beginning +
    before +
    JSON.stringify(content) +
    (thinking ? `,"thinking":${JSON.stringify(thinking)}` : "") +
    (calls?.length ? `,"tool_calls":${JSON.stringify(calls.map(toCall))}` : "") +
    after +
    (logprobs?.length ? `,"logprobs":${JSON.stringify(logprobs)}` : "") +
    (end.done ? `,${JSON.stringify(end).slice(1)}` : ',"done":false}')
  );
}

/** How a line begins. @param model as it was asked for @param now milliseconds since 1970, told as RFC 3339 with nanoseconds */
export function toBeginning(model: string, now: number): string {
  const moment = new Date(now).toISOString().slice(0, -1);
  return `{"model":${JSON.stringify(model)},"created_at":"${moment}000000Z",`;
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
export function toEnd(reason: FinishReason, usage: Usage | undefined, durations: Durations): End {
  return {
    done: true,
    // A model that calls tools has stopped, for this API.
    done_reason: reason === "tool_calls" ? "stop" : reason,
    ...durations,
    prompt_eval_count: usage?.prompt_tokens ?? 0,
    eval_count: usage?.completion_tokens ?? 0,
  };
}
