import { Elysia } from "elysia";
import { content } from "../http/content.ts";
import { answers } from "../http/answers.ts";
import { unhurried } from "../http/body.ts";
import { readConversation } from "../http/conversation-body.ts";
import { eventStream, streamQuery, streamRun } from "../http/stream.ts";
import { ChatRequest } from "../protocol/chat.ts";
import { ConversationForm } from "../protocol/forms.ts";
import { recognisePart } from "../runs/attachments/part.ts";
import { parseChatRequest } from "../runs/request.ts";
import type { Services } from "../services.ts";
import { createAskRun } from "./asked-run.ts";

export function conversation(services: Services) {
  const { attachments, config, store, log, streams } = services;
  const { watch } = streams;
  const askRun = createAskRun(services);
  return new Elysia({ prefix: "/backend-api/v2" }).post(
    "/conversation",
    async ({ body, request, server }) => {
      // A form has become one as it was read.
      const asking = body as ChatRequest;
      const { runId, events, headers } = await askRun(request, () => asking);
      return streamRun(runId, events, { request, server, watch, format: config.conversation_format, log, headers });
    },
    {
      // Checked once, as it is read: Elysia would rebuild the object before it looks, and quote it when it refuses.
      body: content<ChatRequest | ConversationForm>({
        "application/json": ChatRequest,
        "multipart/form-data": ConversationForm,
      }),
      query: streamQuery,
      response: answers({ 200: eventStream }),
      parse: ({ request, server }) =>
        unhurried({ request, server }, async () =>
          parseChatRequest(
            await readConversation(request, config, store.scratch, {
              ofFile: async ({ path, name, type }) =>
                recognisePart({ bytes: await Bun.file(path).bytes(), name, type }),
              async ofAddress(address, budget, signal) {
                const inlined = await attachments.readAddress(address, signal);
                budget.take(inlined.bytes.byteLength);
                return recognisePart(inlined);
              },
            }),
          ),
        ),
      detail: {
        summary: "Answers a conversation as a stream of typed events",
        description:
          "Server-sent events, or one JSON object a line with `Accept: application/x-ndjson` or `?format=ndjson`. " +
          'With `"resumable": true` the answer outlives the connection: see `GET /backend-api/v2/runs/{run_id}/events`.',
      },
    },
  );
}
