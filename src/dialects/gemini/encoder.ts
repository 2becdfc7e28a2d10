import { ApiError } from "../../protocol/errors.ts";
import type { NumberedEvent, Usage } from "../../protocol/events.ts";
import { createCollector } from "../collected.ts";
import type { Encoder } from "../encoder.ts";
import { aroundParts, toPiece } from "./answer.ts";
import { type PartOptions, toParts } from "./parts.ts";
import type { Writer } from "./writer.ts";

export interface EncoderOptions extends PartOptions {
  readonly responseId: string;
  /** Of this candidate. */
  readonly index: number;
  /** Of all candidates, which its writer ends with. */
  readonly used: Usage[];
}

/** One candidate of an answer: https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent */
export function createEncoder(writer: Writer, { responseId, index, used, ...options }: EncoderOptions): Encoder {
  // It knows calls, usage and who answers; texts it need not keep.
  const collector = createCollector(() => "");
  /** Of what says words alone; until anything else comes it is the same. */
  let around: readonly [before: string, after: string] | undefined;

  return {
    encode(events) {
      if (writer.isOver) return "";
      const parts = toParts(events, options);
      if (around && events.every(isWords))
        return parts.length > 0 ? writer.writeJson(around[0] + JSON.stringify(parts) + around[1]) : "";
      collector.add(events);
      const { reason, failure, model, calls, usage } = collector.read();
      const names = { responseId, modelVersion: model };
      around = aroundParts(index, names);
      const candidate = { index, parts, logprobs: logprobsOf(events) };
      if (!failure && reason !== undefined && reason !== "cancelled") {
        if (usage) used.push(usage);
        return writer.writeLast(
          toPiece([{ ...candidate, end: { reason, calls } }], names, writer.isLastOpen ? used : []),
        );
      }
      const isSaid = candidate.parts.length > 0 || candidate.logprobs.length > 0;
      const said = isSaid ? writer.write(toPiece([candidate], names)) : "";
      if (failure) return said + writer.fail(failure);
      if (reason === undefined) return said;
      return said + writer.fail(new ApiError("cancelled", "the answer was cancelled"));
    },
    encodeFailure: (failure) => writer.fail(failure),
  };
}

function isWords({ event }: NumberedEvent): boolean {
  return event.type === "content" || event.type === "reasoning";
}

function logprobsOf(events: readonly NumberedEvent[]) {
  return events.flatMap(({ event }) => (event.type === "logprobs" ? event.logprobs : []));
}
