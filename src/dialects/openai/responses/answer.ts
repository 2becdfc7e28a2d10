import type { EventOf, FinishReason, RunEvent } from "../../../protocol/events.ts";
import { fromFailureEvent } from "../../../protocol/failure-event.ts";
import { createOutput, type Telling } from "./output.ts";
import { type Outcome, type ResponseStatus, toResponseError, toResponseUsage } from "./response.ts";

/** What a run says, as what comes of a response. */
export interface Answer {
  add(event: RunEvent): void;
  readonly isOver: boolean;
  /** As far as it has come; of a run that was left before its end, how it ends for whoever left it. */
  read(): Outcome;
}

export function createAnswer(
  responseId: string,
  toText: (event: EventOf<"content">) => string,
  telling?: Telling,
): Answer {
  const output = createOutput(responseId, toText, telling);
  let model: string | undefined;
  let usage: Outcome["usage"] = null;
  let error: Outcome["error"] = null;
  let reason: FinishReason | undefined;

  return {
    add(event) {
      switch (event.type) {
        case "provider":
          model = event.provider.model ?? model;
          return;
        case "usage":
          usage = toResponseUsage(event.usage);
          return;
        case "error":
        case "auth":
          error = toResponseError(fromFailureEvent(event));
          return;
        case "finish":
          reason = event.finish.reason;
          return output.close(isWhole(reason) ? "completed" : "incomplete");
        default:
          output.add(event);
      }
    },
    get isOver() {
      return reason !== undefined;
    },
    read() {
      if (reason === undefined) output.close("incomplete");
      const cut = reason && cutReasons[reason];
      return {
        status: error ? "failed" : statusOf(reason),
        model,
        output: output.read(),
        usage,
        error,
        incomplete_details: cut ? { reason: cut } : null,
      };
    },
  };
}

const cutReasons: Partial<Record<FinishReason, string>> = {
  length: "max_output_tokens",
  content_filter: "content_filter",
};

function isWhole(reason: FinishReason): boolean {
  return reason === "stop" || reason === "tool_calls";
}

function statusOf(reason: FinishReason | undefined): ResponseStatus {
  if (reason === undefined || reason === "cancelled") return "cancelled";
  if (isWhole(reason)) return "completed";
  return reason === "error" ? "failed" : "incomplete";
}
