import { createToText } from "../../../dialects/media-text.ts";
import { type OllamaAsked, parseChat } from "../../../dialects/ollama/chat.ts";
import { createOllamaEncoder } from "../../../dialects/ollama/encoder.ts";
import { parseGenerate } from "../../../dialects/ollama/generate.ts";
import { chatShape, generateShape, type Shape } from "../../../dialects/ollama/lines.ts";
import { createTiming } from "../../../dialects/ollama/timing.ts";
import { writeQuiet, writeReady, writeWhole } from "../../../dialects/ollama/whole.ts";
import type { Connection } from "../../../http/body.ts";
import { mapEvents } from "../../../runs/map-events.ts";
import type { Services } from "../../../services.ts";
import { createAnswering } from "../answering.ts";
import { createCallIds } from "./call-ids.ts";
import { createOllamaNames, orNoModel } from "./names.ts";

const contentType = "application/x-ndjson";

export function createOllamaAnswers(services: Services) {
  const answering = createAnswering(services);
  const names = createOllamaNames(services);
  const { access, clients, clock, log, store } = services;
  const callIds = createCallIds(store.callStates, clock, log);

  return {
    chat: (body: unknown, connection: Connection) => answer(parseChat(body), chatShape, connection),
    generate: (body: unknown, connection: Connection) => answer(parseGenerate(body), generateShape, connection),
  };

  async function answer(asked: OllamaAsked, shape: Shape, connection: Connection): Promise<Response> {
    const { model, request: conversation, isStream, isUnload } = asked;
    const { request, server } = connection;
    const timing = createTiming(() => performance.now());
    const name = await names.toListed(model);
    if (conversation.messages.length === 0) {
      // Nothing is loaded here: but who asks for it learns whether the model is there.
      await names.get(name);
      return toJson(writeReady(isUnload, { model, shape, now: clock() }));
    }
    const toText = createToText(clients.originOf(request));
    try {
      const { owner } = access.caller(request);
      const messages = callIds.restore(owner, conversation.messages);
      const begun = await answering.begin({ ...conversation, messages, model: name }, request);
      const events = conversation.tools ? callIds.keep(owner, messages, begun.events) : begun.events;
      const timed = {
        ...begun,
        events: mapEvents(events, (batch) => {
          timing.note(batch);
          return batch;
        }),
      };
      if (!isStream) {
        const collected = await answering.collect(timed, connection, toText);
        return toJson(writeWhole(collected, timing.read(), { model, shape, now: clock() }), begun.headers);
      }
      const encoder = createOllamaEncoder({ model, shape, timing, clock, toText });
      const heartbeat = writeQuiet({ model, shape, now: clock() });
      return await answering.stream(timed, { encoder, contentType, heartbeat, request, server });
    } catch (thrown) {
      return orNoModel(model, thrown);
    }
  }
}

function toJson(text: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(text, { headers: { "content-type": "application/json; charset=utf-8", ...headers } });
}
