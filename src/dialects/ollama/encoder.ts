import type { Clock } from "../../lib/clock.ts";
import { ApiError } from "../../protocol/errors.ts";
import type { EventOf, NumberedEvent, RunEvent } from "../../protocol/events.ts";
import { fromFailureEvent } from "../../protocol/failure-event.ts";
import { createCollector } from "../collected.ts";
import type { Encoder } from "../encoder.ts";
import { toOllamaFailure } from "../failures.ts";
import { type Said, type Shape, toEnd, toMoment } from "./lines.ts";
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

/** An answer as lines of JSON, of which the last has `done`. */
export function createOllamaEncoder({ model, shape, timing, clock, toText }: EncoderOptions): Encoder {
  // This API has whole calls alone.
  const held = createCollector(() => "");
  let hasFailed = false;
  /** Whether the next logprobs are told already. */
  let hasMeasured = false;
  /** What all lines of a batch begin with. */
  let head = toHead();

  return {
    encode(events) {
      head = toHead();
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
    const last = { ...head, ...shape({ content: "" }), ...toEnd(reason, usage, timing.read()) };
    return `${calls.length > 0 ? toLine({ content: "", calls }) : ""}${JSON.stringify(last)}\n`;
  }

  function toHead() {
    return { model, created_at: toMoment(clock()) };
  }

  function toLine(said: Said): string {
    return `${JSON.stringify({ ...head, ...shape(said), done: false })}\n`;
  }

  function toFailureLine(failure: ApiError): string {
    hasFailed = true;
    return `${JSON.stringify(toOllamaFailure(failure))}\n`;
  }
}

/** A line that says nothing but that the answer goes on. @param now milliseconds since 1970 */
export function toQuietLine(model: string, shape: Shape, now: number): string {
  return `${JSON.stringify({ model, created_at: toMoment(now), ...shape({ content: "" }), done: false })}\n`;
}
