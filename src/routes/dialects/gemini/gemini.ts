import { Elysia } from "elysia";
import { toAskedEmbeddings, toEmbeddings } from "../../../dialects/gemini/embeddings.ts";
import { toGeminiModel, toGeminiPage } from "../../../dialects/gemini/models.ts";
import { parseCountTokens } from "../../../dialects/gemini/parse.ts";
import { type EmbedContentRequest, readBatchEmbedRequest, readEmbedRequest } from "../../../dialects/gemini/request.ts";
import { type Connection, unhurried } from "../../../http/body.ts";
import { jsonBody } from "../../../http/json-body.ts";
import { ApiError } from "../../../protocol/errors.ts";
import { createPromptCount } from "../../../runs/prompt-count.ts";
import type { Services } from "../../../services.ts";
import { createGeminiAnswers } from "./answers.ts";
import { type GeminiCall, toGeminiMethod } from "./method.ts";
import { createListedModels } from "../listed-models.ts";
import { createFindTarget } from "../target.ts";
import { theirAnswer } from "../theirs.ts";
import { createToRequest } from "../to-request.ts";

const description =
  "The path ends with a model and a method: `:generateContent`, `:streamGenerateContent` (with `?alt=sse` as " +
  "server-sent events, else as one JSON array that grows), `:countTokens`, `:embedContent`, `:batchEmbedContents`.";

/** https://ai.google.dev/api/generate-content, /tokens, /embeddings and /models */
export function gemini(services: Services) {
  const { config, access, clients, embedder } = services;
  const models = createListedModels(services);
  const answers = createGeminiAnswers(services);
  const findTarget = createFindTarget(services);
  const toRequest = createToRequest(services);
  const prompts = createPromptCount(services);
  const methods = new Map<string, (call: GeminiCall) => Promise<object>>([
    ["generateContent", answers.generateContent],
    ["streamGenerateContent", answers.streamGenerateContent],
    ["countTokens", countTokens],
    ["embedContent", embedContent],
    ["batchEmbedContents", batchEmbedContents],
  ]);

  return new Elysia()
    .get(
      "/v1beta/models",
      async ({ request }) => toGeminiPage(await models.list(), new URL(request.url).searchParams),
      {
        response: theirAnswer(),
        detail: { summary: "Every model that can be asked, as Gemini's API lists its own" },
      },
    )
    .get("/v1beta/models/*", async ({ params }) => toGeminiModel(await models.get(decodeURIComponent(params["*"]))), {
      response: theirAnswer(),
      detail: { summary: "One model, as Gemini's API has it; its name may hold a slash" },
    })
    .post("/v1beta/models/*", ({ body, params, request, server }) => call(params["*"], body, { request, server }), {
      ...jsonBody(config.max_body, (body) => body),
      response: theirAnswer("text/event-stream"),
      detail: { summary: "Answers as Gemini's API does", description },
    })
    .post("/v1/models/*", ({ body, params, request, server }) => call(params["*"], body, { request, server }), {
      ...jsonBody(config.max_body, (body) => body),
      response: theirAnswer("text/event-stream"),
      detail: { summary: "Answers as Gemini's API does, at the address of its newer clients", description },
    });

  /** @throws {ApiError} `not_found` for what nobody can be asked */
  function call(path: string, body: GeminiCall["body"], { request, server }: Connection): Promise<object> {
    const { model, method } = toGeminiMethod(path);
    const { searchParams: query } = new URL(request.url);
    const origin = clients.originOf(request);
    const answer = methods.get(method);
    if (answer) return answer({ body, model, query, request, server, origin });
    throw new ApiError("not_found", `there is no such method here; these are: ${[...methods.keys()].join(", ")}`);
  }

  async function countTokens(call: GeminiCall) {
    const { body, model, origin, request } = call;
    const { owner } = access.caller(request);
    const asked = parseCountTokens(body, model, origin);
    const totalTokens = await unhurried(call, async () =>
      prompts.count(await toRequest(asked, request), owner, request.signal),
    );
    return { totalTokens };
  }

  async function embedContent(call: GeminiCall) {
    const [embedding] = await embed(call, readEmbedRequest(call.body));
    return { embedding };
  }

  async function batchEmbedContents(call: GeminiCall) {
    return { embeddings: await embed(call, readBatchEmbedRequest(call.body)) };
  }

  async function embed(call: GeminiCall, requests: readonly EmbedContentRequest[]) {
    const { model, request } = call;
    const target = await findTarget({ model }, request);
    const ask = { ...toAskedEmbeddings(requests), ...target };
    const made = await unhurried(call, () => embedder.embed(ask, access.caller(request), request.signal));
    return toEmbeddings(made.vectors);
  }
}
