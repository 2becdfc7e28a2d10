import { ApiError } from "../../protocol/errors.ts";
import type { EventOf, NumberedEvent } from "../../protocol/events.ts";
import { createCollector } from "../collected.ts";
import type { Encoder } from "../encoder.ts";
import { toGeminiFailure } from "../failures.ts";
import { toPiece } from "./answer.ts";

/** How the pieces of an answer follow each other. */
export type Framing = "sse" | "array";

export interface EncoderOptions {
  readonly framing: Framing;
  readonly responseId: string;
  readonly includesThoughts: boolean;
  /** What a piece of the answer says. */
  readonly toText: (event: EventOf<"content">) => string;
}

/** https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent */
export function createEncoder({ framing, responseId, includesThoughts, toText }: EncoderOptions): Encoder {
  // It knows calls, usage and who answers; texts it need not keep.
  const collector = createCollector(() => "");
  const write = framing === "sse" ? writeEvent : createArrayWriter();
  let isOver = false;

  return {
    encode(events) {
      if (isOver) return "";
      const parts = toParts(events);
      collector.add(events);
      const { reason, failure, model, calls, usage } = collector.read();
      const names = { responseId, modelVersion: model };
      const said = parts.length > 0 && reason === undefined ? write(toPiece(parts, names), false) : "";
      if (failure) return said + end(toGeminiFailure(failure));
      if (reason === undefined) return said;
      if (reason === "cancelled") return end(toGeminiFailure(new ApiError("cancelled", "the answer was cancelled")));
      return end(toPiece(parts, names, { reason, calls, usage }));
    },
    encodeFailure: (failure) => (isOver ? "" : end(toGeminiFailure(failure))),
  };

  function end(last: object): string {
    isOver = true;
    return write(last, true);
  }

  /** Of a batch all that is of one kind is one part. */
  function toParts(events: readonly NumberedEvent[]): object[] {
    const parts: { text: string; thought?: true }[] = [];
    for (const { event } of events) {
      if (event.type === "content") add(toText(event), false);
      else if (event.type === "reasoning" && includesThoughts) add(event.token ?? "", true);
    }
    return parts;

    function add(text: string, isThought: boolean): void {
      const last = parts.at(-1);
      if (text === "") return;
      if (last && (last.thought ?? false) === isThought) last.text += text;
      else parts.push({ text, ...(isThought && { thought: true }) });
    }
  }
}

function writeEvent(piece: object): string {
  return `data: ${JSON.stringify(piece)}\r\n\r\n`;
}

/** One array, whose elements come as they are. */
function createArrayWriter() {
  let hasBegun = false;
  return (piece: object, isLast: boolean): string => {
    const before = hasBegun ? ",\r\n" : "[";
    hasBegun = true;
    return `${before}${JSON.stringify(piece)}${isLast ? "]\r\n" : ""}`;
  };
}
