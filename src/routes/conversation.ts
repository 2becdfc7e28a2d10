import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { idleSeconds } from "../http/body.ts";
import { readConversation } from "../http/conversation-body.ts";
import { toRunHeaders } from "../http/run-headers.ts";
import { streamRun } from "../http/stream.ts";
import type { ChatRequest } from "../protocol/chat.ts";
import { recognisePart } from "../runs/attachments/part.ts";
import { parseChatRequest } from "../runs/request.ts";
import type { Services } from "../services.ts";

export function conversation({ runs, access, attachments, config, store, log }: Services) {
  return new Elysia({ prefix: "/backend-api/v2" }).post(
    "/conversation",
    async ({ body, request, server }) => {
      const run = await runs.start(body, access.caller(request), request.signal);
      const headers = toRunHeaders(run.trace());
      return streamRun(run.id, run.attach(0), { request, server, format: config.conversation_format, log, headers });
    },
    {
      // Checked once, as it is read: Elysia would rebuild the object before it looks, and quote it when it refuses.
      body: Type.Unsafe<ChatRequest>(Type.Any()),
      parse: async ({ request, server }) => {
        // The body has limits of its own.
        server?.timeout(request, 0);
        try {
          return parseChatRequest(
            await readConversation(request, config, store.scratch, {
              ofFile: async ({ path, name, type }) =>
                recognisePart({ bytes: await Bun.file(path).bytes(), name, type }),
              async ofAddress(address, budget, signal) {
                const inlined = await attachments.readAddress(address, signal);
                budget.take(inlined.bytes.byteLength);
                return recognisePart(inlined);
              },
            }),
          );
        } finally {
          server?.timeout(request, idleSeconds);
        }
      },
      detail: {
        summary: "Answers a conversation as a stream of typed events",
        description:
          "Server-sent events, or one JSON object a line with `Accept: application/x-ndjson` or `?format=ndjson`. " +
          'With `"resumable": true` the answer outlives the connection: see `GET /backend-api/v2/runs/{run_id}/events`.',
      },
    },
  );
}
