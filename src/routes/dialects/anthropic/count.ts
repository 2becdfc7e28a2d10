import { Elysia } from "elysia";
import { parseCounted } from "../../../dialects/anthropic/request.ts";
import { jsonBody } from "../../../http/json-body.ts";
import { createPromptCount } from "../../../runs/prompt-count.ts";
import { parseChatRequest } from "../../../runs/request.ts";
import type { Services } from "../../../services.ts";
import { resolveFileIds } from "../file-ids.ts";
import { createTaskTargets } from "../task-target.ts";
import { theirAnswer } from "../theirs.ts";

/** https://docs.anthropic.com/en/api/messages-count-tokens */
export function anthropicCount(services: Services) {
  const { access, buckets, config } = services;
  const findTarget = createTaskTargets(services);
  const prompts = createPromptCount(services);

  return new Elysia({ prefix: "/v1" }).post(
    "/messages/count_tokens",
    async ({ body: { model, provider, messages, ...asked }, request, set }) => {
      const { owner } = access.caller(request);
      const target = await findTarget({ model, provider: [provider ?? []].flat()[0] }, request);
      const named = await resolveFileIds(messages, owner, buckets);
      const tokens = await prompts.count(
        parseChatRequest({ ...asked, ...target, messages: named }),
        owner,
        request.signal,
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
