import { Elysia } from "elysia";
import { parseEmbeddings, toOpenaiEmbeddings } from "../../../dialects/openai/embeddings.ts";
import { toOpenaiLimits } from "../../../dialects/openai/limits.ts";
import { unhurried } from "../../../http/body.ts";
import { jsonBody } from "../../../http/json-body.ts";
import { toAnswererHeaders } from "../../../http/run-headers.ts";
import type { Services } from "../../../services.ts";
import { createLimitHeaders } from "../limit-headers.ts";
import { createFindTarget } from "../target.ts";
import { theirAnswer } from "../theirs.ts";

/** https://platform.openai.com/docs/api-reference/embeddings */
export function openaiEmbeddings(services: Services) {
  const { embedder, access, config } = services;
  const findTarget = createFindTarget(services);
  const limits = createLimitHeaders(services, toOpenaiLimits);

  return new Elysia().post(
    "/v1/embeddings",
    ({ body, request, server }) =>
      unhurried({ request, server }, async () => {
        const { input, dimensions } = body;
        const target = await findTarget(body, request);
        const ask = { texts: [input].flat(), dimensions: dimensions ?? undefined, ...target };
        const made = await embedder.embed(ask, access.caller(request), request.signal);
        return Response.json(toOpenaiEmbeddings(made, body), {
          headers: { ...toAnswererHeaders(made.provider, made.model), ...(await limits(request)) },
        });
      }),
    {
      ...jsonBody(config.max_body, parseEmbeddings),
      response: theirAnswer(),
      detail: {
        summary: "What texts mean, as vectors",
        description: "In OpenAI's format: https://platform.openai.com/docs/api-reference/embeddings",
      },
    },
  );
}
