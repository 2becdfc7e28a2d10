import type { Clock } from "../../lib/clock.ts";
import { ApiError } from "../../protocol/errors.ts";
import type { EventOf, NumberedEvent, RunEvent } from "../../protocol/events.ts";
import { fromFailureEvent } from "../../protocol/failure-event.ts";
import { createCollector } from "../collected.ts";
import type { Encoder } from "../encoder.ts";
import { toOllamaFailure } from "../failures.ts";
import { type Said, type Shape, toBeginning, toEnd, writeLine } from "./lines.ts";
import type { Timing } from "./timing.ts";

export interface EncoderOptions {
  /** As it was asked for. */
  readonly model: string;
  readonly shape: Shape;
  readonly timing: Timing;
  readonly clock: Clock;
  /** What a piece of the answer says. */
  toText(event: EventOf<"content">): string;
}

const goesOn = { done: false } as const;

/** An answer as lines of JSON, of which the last has `done`. */
export function createOllamaEncoder({ model, shape, timing, clock, toText }: EncoderOptions): Encoder {
  // This API has whole calls alone.
  const held = createCollector(() => "");
  let hasFailed = false;
  /** Whether the next logprobs are told already. */
  let hasMeasured = false;
  /** What all lines of a batch begin with. */
  let beginning = toBeginning(model, clock());

  return {
    encode(events) {
      beginning = toBeginning(model, clock());
      let lines = "";
      events.forEach((each, index) => (lines += encodeEvent(each, events[index + 1]?.event)));
      return lines;
    },
    encodeFailure: toFailureLine,
  };

  function encodeEvent(numbered: NumberedEvent, next: RunEvent | undefined): string {
    const { event } = numbered;
    switch (event.type) {
      case "content": {
        const content = toText(event);
        // They come after what they tell of, and stand beside it here.
        const isMeasured = next?.type === "logprobs";
        if (!isMeasured) return content === "" ? "" : toLine({ content });
        hasMeasured = true;
        return toLine({ content, logprobs: next.logprobs });
      }
      case "logprobs": {
        const isTold = hasMeasured;
        hasMeasured = false;
        return isTold ? "" : toLine({ content: "", logprobs: event.logprobs });
      }
      case "reasoning":
        return event.token ? toLine({ content: "", thinking: event.token }) : "";
      case "tool_calls":
      case "usage":
        held.add([numbered]);
        return "";
      case "error":
      case "auth":
        return toFailureLine(fromFailureEvent(event));
      case "finish":
        return hasFailed ? "" : encodeEnd(event);
      default:
        return "";
    }
  }

  function encodeEnd({ finish: { reason } }: EventOf<"finish">): string {
    if (reason === "cancelled" || reason === "error")
      return toFailureLine(new ApiError("cancelled", "the answer was stopped"));
    const { calls, usage } = held.read();
    const last = writeLine(beginning, shape, { content: "" }, toEnd(reason, usage, timing.read()));
    return `${calls.length > 0 ? toLine({ content: "", calls }) : ""}${last}\n`;
  }

  function toLine(said: Said): string {
    return `${writeLine(beginning, shape, said, goesOn)}\n`;
  }

  function toFailureLine(failure: ApiError): string {
    hasFailed = true;
    return `${JSON.stringify(toOllamaFailure(failure))}\n`;
  }
}
