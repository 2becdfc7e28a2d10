import type { EventOf, TokenLogprob } from "../../../protocol/events.ts";
import { toOpenaiFailure } from "../../failures.ts";
import type { Encoder } from "../../encoder.ts";
import { createAnswer } from "./answer.ts";
import type { Place } from "./output.ts";
import { type About, toResponse, withoutOutput } from "./response.ts";

export interface ResponsesEncoderParts {
  readonly about: About;
  readonly toText: (event: EventOf<"content">) => string;
  /** The number of the last event that the reader has; -1 for none. */
  readonly startingAfter?: number;
  /** When it ended, in milliseconds since 1970; asked once it has. */
  readonly completedAt: () => number;
}

/**
 * https://platform.openai.com/docs/api-reference/responses-streaming: each event of the run makes the same events with the
 * same numbers, whenever it is read. How a response that was cancelled ends its stream nobody documents; their client
 * knows no event for it, and takes the status from the response.
 */
export function createResponsesEncoder({
  about,
  toText,
  startingAfter = -1,
  completedAt,
}: ResponsesEncoderParts): Encoder {
  let number = 0;
  let text = "";
  let hasBegun = false;
  /** What all tokens of an item begin with, before and after their number. */
  let told: { readonly place: Place; readonly head: string; readonly middle: string } | undefined;
  const answer = createAnswer(about.id, toText, { tell, tellDelta });

  return {
    encode(events) {
      text = "";
      if (!hasBegun) begin();
      hasBegun = true;
      for (const { event } of events) {
        answer.add(event);
        if (event.type === "finish") end();
      }
      return text;
    },
    encodeFailure(failure) {
      text = "";
      const { message, code, param } = toOpenaiFailure(failure).error;
      tell("error", { code, message, param });
      return text;
    },
  };

  function begin(): void {
    const tellStatus = (type: string, status: "queued" | "in_progress") =>
      tell(type, { response: toResponse(about, withoutOutput(status)) });
    tellStatus("response.created", about.background ? "queued" : "in_progress");
    if (about.background) tellStatus("response.queued", "queued");
    tellStatus("response.in_progress", "in_progress");
  }

  function end(): void {
    const response = toResponse(about, answer.read(), completedAt());
    const { status } = response;
    tell(`response.${status === "completed" || status === "failed" ? status : "incomplete"}`, { response });
  }

  function tell(type: string, fields: object): void {
    const sequence_number = number++;
    if (sequence_number <= startingAfter) return;
    text += `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number, ...fields })}\n\n`;
  }

  /** As `tell`, of which only what is new is written anew. */
  function tellDelta(type: string, place: Place, delta: string, logprobs?: readonly TokenLogprob[]): void {
    const sequence_number = number++;
    if (sequence_number <= startingAfter) return;
    if (told?.place !== place) {
      const head = `event: ${type}\ndata: {"type":"${type}","sequence_number":`;
      told = { place, head, middle: `,${JSON.stringify(place).slice(1, -1)},"delta":` };
    }
    const rest = logprobs ? `,"logprobs":${logprobs.length === 0 ? "[]" : JSON.stringify(logprobs)}}` : "}";
    text += `${told.head}${sequence_number}${told.middle}${JSON.stringify(delta)}${rest}\n\n`;
  }
}
