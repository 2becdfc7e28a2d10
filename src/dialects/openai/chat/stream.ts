import { ApiError } from "../../../protocol/errors.ts";
import type { EventOf, NumberedEvent, RunEvent, TokenLogprob, ToolCall } from "../../../protocol/events.ts";
import { fromFailureEvent } from "../../../protocol/failure-event.ts";
import type { Encoder } from "../../encoder.ts";
import { toMarkdown } from "../../media-text.ts";
import type { StreamEnd } from "../stream-end.ts";

/** What is the same in all that is said of an answer. */
export interface ChatHead {
  /** `chatcmpl-…` */
  readonly id: string;
  /** In seconds since 1970. */
  readonly created: number;
  /** Where media are asked for: `https://parley.example`. */
  readonly origin: string;
  /** Calls are told in the form that came before tools. */
  readonly isOlder: boolean;
  /** Every chunk but the last then says that nothing is known yet. */
  readonly includesUsage: boolean;
}

/** One choice of an answer, as chunks: https://platform.openai.com/docs/api-reference/chat-streaming */
export function createChatEncoder(head: ChatHead, index: number, end: StreamEnd): Encoder {
  const { id, created, origin, isOlder, includesUsage } = head;
  const beginning = `data: {"id":${JSON.stringify(id)},"object":"chat.completion.chunk","created":${created},"model":`;
  const usage = includesUsage ? `,"usage":null` : "";
  let before = toBefore("");
  let hasRole = false;
  /** How many calls have come, for those that have no index of their own. */
  let called = 0;

  return {
    encode(events) {
      let text = "";
      for (let at = 0; at < events.length && !end.isReached; at++) {
        const event = events[at]!.event;
        const next = event.type === "content" ? logprobsOf(events[at + 1]) : undefined;
        if (next) at++;
        text += write(event, next);
      }
      return text;
    },
    encodeFailure: end.fail,
  };

  function write(event: RunEvent, logprobs: readonly TokenLogprob[] | undefined): string {
    switch (event.type) {
      case "provider":
        before = toBefore(event.provider.model ?? "");
        return "";
      case "content":
        return role() + chunk(`{"content":${JSON.stringify(toMarkdown(event, origin))}}`, logprobs);
      case "logprobs":
        return role() + chunk("{}", event.logprobs);
      case "reasoning":
        return event.token ? role() + chunk(`{"reasoning":${JSON.stringify(event.token)}}`) : "";
      case "tool_calls":
        return writeCalls(event);
      case "usage":
        end.add(event.usage);
        return "";
      case "error":
      case "auth":
        return end.fail(fromFailureEvent(event));
      case "finish":
        return writeFinish(event.finish.reason);
      default:
        return "";
    }
  }

  function writeCalls({ tool_calls: calls }: EventOf<"tool_calls">): string {
    const delta = isOlder ? toFunctionCall(calls) : { tool_calls: calls.map(toPiece) };
    if (delta === undefined) return "";
    const first = hasRole ? {} : { role: "assistant", content: null };
    hasRole = true;
    return chunk(JSON.stringify({ ...first, ...delta }));
  }

  function toPiece({ index: told, id: callId, function: { name, arguments: json = "" } }: ToolCall) {
    const place = told ?? called;
    called = Math.max(called, place + 1);
    return {
      index: place,
      ...(callId !== undefined && { id: callId, type: "function" }),
      function: { ...(name !== undefined && { name }), arguments: json },
    };
  }

  function writeFinish(reason: EventOf<"finish">["finish"]["reason"]): string {
    if (reason === "cancelled" || reason === "error") return end.fail(new ApiError("cancelled", "cancelled"));
    const told = isOlder && reason === "tool_calls" ? "function_call" : reason;
    return role() + chunk("{}", undefined, `"${told}"`) + end.reach(before);
  }

  /** Once, before anything else. */
  function role(): string {
    if (hasRole) return "";
    hasRole = true;
    return chunk(`{"role":"assistant","content":"","refusal":null}`);
  }

  function chunk(delta: string, logprobs?: readonly TokenLogprob[], reason = "null"): string {
    const told = logprobs ? JSON.stringify({ content: logprobs, refusal: null }) : "null";
    return `${before}[{"index":${index},"delta":${delta},"logprobs":${told},"finish_reason":${reason}}]${usage}}\n\n`;
  }

  function toBefore(model: string): string {
    return `${beginning}${JSON.stringify(model)},"choices":`;
  }
}

function logprobsOf(next: NumberedEvent | undefined): readonly TokenLogprob[] | undefined {
  return next?.event.type === "logprobs" ? next.event.logprobs : undefined;
}

/** Of several calls the older form knows but the first. */
function toFunctionCall(calls: readonly ToolCall[]): object | undefined {
  const first = calls.find(({ index }) => (index ?? 0) === 0);
  if (!first) return undefined;
  const { name, arguments: json = "" } = first.function;
  return { function_call: { ...(name !== undefined && { name }), arguments: json } };
}
