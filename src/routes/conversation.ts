import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { localOwner } from "../http/access.ts";
import { idleSeconds } from "../http/body.ts";
import { readConversation } from "../http/conversation-body.ts";
import { header } from "../http/headers.ts";
import { type StreamFormat, streamResponse } from "../http/stream.ts";
import type { ChatRequest } from "../protocol/chat.ts";
import type { RunEvent } from "../protocol/events.ts";
import { parseChatRequest } from "../runs/request.ts";
import type { Services } from "../services.ts";

/** What Eden makes of the stream: the bytes are `streamResponse`'s. */
type EventStream = AsyncGenerator<{ readonly event: RunEvent["type"]; readonly data: RunEvent }, void, unknown>;

export function conversation({ runs, config }: Services) {
  return new Elysia({ prefix: "/backend-api/v2" }).post(
    "/conversation",
    async ({ body, request, server }) => {
      const run = await runs.start(body, localOwner);
      // A model may think for longer than a connection may be idle.
      server?.timeout(request, 0);
      request.signal.addEventListener("abort", run.cancel, { once: true });
      const format = askedFormat(request) ?? config.conversation_format;
      const { id, events } = run;
      const onEnd = () => server?.timeout(request, idleSeconds);
      return streamResponse({ runId: id, events, format, onEnd }) as unknown as EventStream;
    },
    {
      // Checked once, as it is read: Elysia would rebuild the object before it looks, and quote it when it refuses.
      body: Type.Unsafe<ChatRequest>(Type.Any()),
      parse: async ({ request, server }) => {
        // The body has limits of its own.
        server?.timeout(request, 0);
        try {
          return parseChatRequest(await readConversation(request, config));
        } finally {
          server?.timeout(request, idleSeconds);
        }
      },
      detail: {
        summary: "Answers a conversation as a stream of typed events",
        description:
          "Server-sent events, or one JSON object a line with `Accept: application/x-ndjson` or `?format=ndjson`.",
      },
    },
  );
}

function askedFormat(request: Request): StreamFormat | undefined {
  const asked = new URL(request.url, "http://localhost").searchParams.get("format");
  if (asked === "ndjson" || asked === "sse") return asked;
  const accepted = header(request, "accept") ?? "";
  if (accepted.includes("application/x-ndjson")) return "ndjson";
  return accepted.includes("text/event-stream") ? "sse" : undefined;
}
