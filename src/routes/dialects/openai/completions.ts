import { Elysia } from "elysia";
import { createToText } from "../../../dialects/media-text.ts";
import { createCompletionEncoder, toCompletion } from "../../../dialects/openai/completions/answer.ts";
import { parseCompletionBody } from "../../../dialects/openai/completions/request.ts";
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

/** https://platform.openai.com/docs/api-reference/completions */
export function openaiCompletions(services: Services) {
  const { clients, config, clock } = services;
  const several = createSeveral(services, createAnswering(services));
  const limitHeaders = createLimitHeaders(services, toOpenaiLimits);

  return new Elysia({ prefix: "/v1" }).post(
    "/completions",
    async ({ body: { texts, isStream, includesUsage }, request, server }) => {
      const begun = await several.begin(
        texts.map(({ asked }) => asked),
        request,
      );
      const headers = { ...begun[0]?.headers, ...(await limitHeaders(request)) };
      const created = toSeconds(clock());
      const head = { id: `cmpl-${begun[0]?.runId}`, created, origin: clients.originOf(request) };
      const echoes = texts.map(({ echo }) => echo);
      if (isStream) {
        const end = createStreamEnd(texts.length, includesUsage);
        const encoders = echoes.map((echo, index) => createCompletionEncoder(head, index, echo, end));
        return several.stream(begun, encoders, { request, server, ...eventStream, headers });
      }
      const collected = await several.collect(begun, { request, server }, createToText(head.origin));
      return Response.json(toCompletion(head, collected, echoes), { headers });
    },
    {
      ...jsonBody(config.max_body, parseCompletionBody),
      response: theirAnswer("text/event-stream"),
      detail: {
        summary: "Goes on from a text, as OpenAI's completions do",
        description: "https://platform.openai.com/docs/api-reference/completions says what is taken and given.",
      },
    },
  );
}
