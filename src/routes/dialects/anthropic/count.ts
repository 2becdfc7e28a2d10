import { Elysia } from "elysia";
import { parseCounted } from "../../../dialects/anthropic/request.ts";
import { unhurried } from "../../../http/body.ts";
import { jsonBody } from "../../../http/json-body.ts";
import { createPromptCount } from "../../../runs/prompt-count.ts";
import type { Services } from "../../../services.ts";
import { theirAnswer } from "../theirs.ts";
import { createToRequest } from "../to-request.ts";

/** https://docs.anthropic.com/en/api/messages-count-tokens */
export function anthropicCount(services: Services) {
  const { access, config } = services;
  const toRequest = createToRequest(services);
  const prompts = createPromptCount(services);

  return new Elysia({ prefix: "/v1" }).post(
    "/messages/count_tokens",
    async ({ body, request, server, set }) => {
      const { owner } = access.caller(request);
      const tokens = await unhurried({ request, server }, async () =>
        prompts.count(await toRequest(body, request), owner, request.signal),
      );
      return Response.json(
        { input_tokens: tokens },
        { headers: { "request-id": String(set.headers["x-request-id"]) } },
      );
    },
    {
      ...jsonBody(config.max_body, parseCounted),
      response: theirAnswer(),
      detail: {
        summary: "How many tokens a conversation is, as Anthropic tells it",
        description:
          "Anthropic and Gemini count for themselves what they would be asked; for all others it is an estimate.",
      },
    },
  );
}
