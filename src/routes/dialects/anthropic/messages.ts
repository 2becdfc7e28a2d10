import { Elysia } from "elysia";
import { toMessage } from "../../../dialects/anthropic/answer.ts";
import { toAnthropicLimits } from "../../../dialects/anthropic/limits.ts";
import { parseMessages } from "../../../dialects/anthropic/request.ts";
import { createMessageEncoder, ping } from "../../../dialects/anthropic/stream.ts";
import { createToText } from "../../../dialects/media-text.ts";
import { eventStreamHeaders } from "../../../http/event-stream.ts";
import { jsonBody } from "../../../http/json-body.ts";
import type { Services } from "../../../services.ts";
import { createAnswering } from "../answering.ts";
import { createLimitHeaders } from "../limit-headers.ts";
import { theirAnswer } from "../theirs.ts";

/** https://docs.anthropic.com/en/api/messages */
export function anthropicMessages(services: Services) {
  const answering = createAnswering(services);
  const limitHeaders = createLimitHeaders(services, toAnthropicLimits);

  return new Elysia({ prefix: "/v1" }).post(
    "/messages",
    async ({ body: { asked, isStream, thinking }, request, server, set }) => {
      const begun = await answering.begin(asked, request);
      const headers = { "request-id": String(set.headers["x-request-id"]), ...(await limitHeaders(request)) };
      const toText = createToText(services.clients.originOf(request));
      const options = { runId: begun.runId, model: asked.model ?? "", thinking };
      if (isStream)
        return answering.stream(begun, {
          request,
          server,
          encoder: createMessageEncoder({ ...options, toText }),
          contentType: eventStreamHeaders["content-type"],
          heartbeat: ping,
          headers,
        });
      const collected = await answering.collect(begun, { request, server }, toText);
      return Response.json(toMessage(collected, options), { headers: { ...begun.headers, ...headers } });
    },
    {
      ...jsonBody(services.config.max_body, parseMessages),
      response: theirAnswer("text/event-stream"),
      detail: {
        summary: "Answers a conversation, as Anthropic's Messages do",
        description: "https://docs.anthropic.com/en/api/messages says what is taken and given.",
      },
    },
  );
}
