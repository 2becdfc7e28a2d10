import { toAnswer } from "../../../dialects/gemini/answer.ts";
import { createEncoder } from "../../../dialects/gemini/encoder.ts";
import { parseGenerateContent } from "../../../dialects/gemini/parse.ts";
import { addPart, type AnswerPart, toParts } from "../../../dialects/gemini/parts.ts";
import { createWriter } from "../../../dialects/gemini/writer.ts";
import type { Usage } from "../../../protocol/events.ts";
import { mapEvents } from "../../../runs/map-events.ts";
import type { Services } from "../../../services.ts";
import { type BegunAnswer, createAnswering } from "../answering.ts";
import type { GeminiCall } from "./method.ts";
import { withBytes } from "../inline-media.ts";
import { createSeveral } from "../several.ts";

export interface GeminiAnswers {
  generateContent(call: GeminiCall): Promise<Response>;
  streamGenerateContent(call: GeminiCall): Promise<Response>;
}

export function createGeminiAnswers(services: Services): GeminiAnswers {
  const { access, store } = services;
  const several = createSeveral(services, createAnswering(services));

  return {
    async generateContent(call) {
      const { begun, includesThoughts, responseId, headers } = await begin(call);
      const { origin } = call;
      const parts = begun.map((): AnswerPart[] => []);
      const read = begun.map((each, index) => ({
        ...each,
        events: mapEvents(each.events, (batch) => {
          for (const part of toParts(batch, { includesThoughts, origin })) addPart(parts[index] ?? [], part);
          return batch;
        }),
      }));
      const collected = await several.collect(read, call, () => "");
      return Response.json(toAnswer(collected, parts, responseId), { headers });
    },

    async streamGenerateContent(call) {
      const { begun, includesThoughts, responseId, headers } = await begin(call);
      const { query, request, server, origin } = call;
      const framing = query.get("alt") === "sse" ? "sse" : "array";
      const writer = createWriter(framing, begun.length);
      const used: Usage[] = [];
      const encoders = begun.map((_, index) =>
        createEncoder(writer, { responseId, index, used, includesThoughts, origin }),
      );
      const contentType = framing === "sse" ? "text/event-stream" : "application/json; charset=utf-8";
      // No heartbeat: some of their clients take any line that is no data for a failure.
      return several.stream(begun, encoders, { contentType, headers, request, server });
    },
  };

  /** Media are given as bytes, which is how their clients take them. */
  async function begin({ body, model, origin, request }: GeminiCall) {
    const { asked, includesThoughts, candidates } = parseGenerateContent(body, model, origin);
    const runs = await several.begin(
      Array.from({ length: candidates }, () => asked),
      request,
    );
    const { owner } = access.caller(request);
    const begun = runs.map((each): BegunAnswer => ({ ...each, events: withBytes(each.events, owner, store) }));
    return { begun, includesThoughts, responseId: begun[0]?.runId ?? "", headers: begun[0]?.headers ?? {} };
  }
}
