import { Elysia } from "elysia";
import { createToText } from "../../../dialects/media-text.ts";
import { toChatCompletion } from "../../../dialects/openai/chat/answer.ts";
import { parseChatBody } from "../../../dialects/openai/chat/request.ts";
import { createChatEncoder } from "../../../dialects/openai/chat/stream.ts";
import { toOpenaiLimits } from "../../../dialects/openai/limits.ts";
import { createStreamEnd } from "../../../dialects/openai/stream-end.ts";
import { jsonBody } from "../../../http/json-body.ts";
import { toSeconds } from "../../../lib/clock.ts";
import type { Services } from "../../../services.ts";
import { createAnswering } from "../answering.ts";
import { createLimitHeaders } from "../limit-headers.ts";
import { createSeveral } from "../several.ts";
import { eventStream } from "../streamed.ts";
import { theirAnswer } from "../theirs.ts";

/** https://platform.openai.com/docs/api-reference/chat */
export function openaiChat(services: Services) {
  const { clients, config, clock } = services;
  const several = createSeveral(services, createAnswering(services));
  const limitHeaders = createLimitHeaders(services, toOpenaiLimits);

  return new Elysia({ prefix: "/v1" }).post(
    "/chat/completions",
    async ({ body, request, server }) => {
      const { asked, choices, isStream, includesUsage, isOlder, hasLogprobs } = body;
      const begun = await several.begin(
        Array.from({ length: choices }, () => asked),
        request,
      );
      const headers = { ...begun[0]?.headers, ...(await limitHeaders(request)) };
      const head = {
        id: `chatcmpl-${begun[0]?.runId}`,
        created: toSeconds(clock()),
        origin: clients.originOf(request),
        isOlder,
        includesUsage,
      };
      if (isStream) {
        const end = createStreamEnd(choices, includesUsage);
        return several.stream(
          begun,
          begun.map((_, index) => createChatEncoder(head, index, end)),
          { request, server, ...eventStream, headers },
        );
      }
      const collected = await several.collect(begun, { request, server }, createToText(head.origin));
      return Response.json(toChatCompletion(head, collected, hasLogprobs), { headers });
    },
    {
      ...jsonBody(config.max_body, parseChatBody),
      response: theirAnswer("text/event-stream"),
      detail: {
        summary: "Answers a conversation, as OpenAI's chat completions do",
        description: "https://platform.openai.com/docs/api-reference/chat says what is taken and given.",
      },
    },
  );
}
