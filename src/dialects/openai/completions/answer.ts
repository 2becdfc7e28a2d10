import { ApiError } from "../../../protocol/errors.ts";
import type { FinishReason, RunEvent, TokenLogprob } from "../../../protocol/events.ts";
import { fromFailureEvent } from "../../../protocol/failure-event.ts";
import type { Collected } from "../../collected.ts";
import type { Encoder } from "../../encoder.ts";
import { toMarkdown } from "../../media-text.ts";
import type { StreamEnd } from "../stream-end.ts";
import { toOpenaiUsage } from "../usage.ts";

/** What is the same in all that is said of an answer. */
export interface CompletionHead {
  /** `cmpl-…` */
  readonly id: string;
  /** In seconds since 1970. */
  readonly created: number;
  readonly origin: string;
}

/** https://platform.openai.com/docs/api-reference/completions/object; `echoes`: what each text begins with. */
export function toCompletion(
  { id, created }: CompletionHead,
  choices: readonly Collected[],
  echoes: readonly string[],
) {
  return {
    id,
    object: "text_completion",
    created,
    model: choices[0]?.model ?? "",
    choices: choices.map(({ text, logprobs, reason }, index) => {
      const echo = echoes[index] ?? "";
      const told = logprobs.length > 0 ? createOldLogprobs(echo.length)(logprobs) : null;
      return { text: echo + text, index, logprobs: told, finish_reason: toReason(reason) };
    }),
    usage: toOpenaiUsage(choices.map(({ usage }) => usage)),
  };
}

/** One choice as it comes. */
export function createCompletionEncoder(head: CompletionHead, index: number, echo: string, end: StreamEnd): Encoder {
  const beginning = `data: {"id":${JSON.stringify(head.id)},"object":"text_completion","created":${head.created},"model":`;
  const toOld = createOldLogprobs(echo.length);
  let before = toBefore("");
  let isBegun = false;

  return {
    encode(events) {
      let text = "";
      for (const { event } of events) if (!end.isReached) text += write(event);
      return text;
    },
    encodeFailure: end.fail,
  };

  function write(event: RunEvent): string {
    switch (event.type) {
      case "provider":
        before = toBefore(event.provider.model ?? "");
        return "";
      case "content":
        return begin() + chunk(toMarkdown(event, head.origin));
      case "logprobs":
        return begin() + chunk("", toOld(event.logprobs));
      case "usage":
        end.add(event.usage);
        return "";
      case "error":
      case "auth":
        return end.fail(fromFailureEvent(event));
      case "finish": {
        const { reason } = event.finish;
        if (reason === "cancelled" || reason === "error") return end.fail(new ApiError("cancelled", "cancelled"));
        return begin() + chunk("", null, toReason(reason)) + end.reach(before);
      }
      default:
        return "";
    }
  }

  function begin(): string {
    if (isBegun) return "";
    isBegun = true;
    return echo === "" ? "" : chunk(echo);
  }

  function chunk(text: string, logprobs: object | null = null, reason: string | null = null): string {
    return `${before}${JSON.stringify([{ text, index, logprobs, finish_reason: reason }])}}\n\n`;
  }

  function toBefore(model: string): string {
    return `${beginning}${JSON.stringify(model)},"choices":`;
  }
}

/** There were no tools then. */
function toReason(reason: FinishReason | undefined): string {
  return reason === undefined || reason === "tool_calls" ? "stop" : reason;
}

/** In the form of these: lists beside each other, and where in the text each token begins, in characters. */
function createOldLogprobs(start: number) {
  let offset = start;
  return (logprobs: readonly TokenLogprob[]) => ({
    tokens: logprobs.map(({ token }) => token),
    token_logprobs: logprobs.map(({ logprob }) => logprob),
    top_logprobs: logprobs.map(({ top_logprobs: top }) =>
      Object.fromEntries(top.map(({ token, logprob }) => [token, logprob])),
    ),
    text_offset: logprobs.map(({ token }) => (offset += token.length) - token.length),
  });
}
