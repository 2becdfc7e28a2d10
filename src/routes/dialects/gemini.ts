import { Elysia } from "elysia";
import { toAnswer } from "../../dialects/gemini/answer.ts";
import { toAskedEmbeddings, toEmbeddings } from "../../dialects/gemini/embeddings.ts";
import { createEncoder } from "../../dialects/gemini/encoder.ts";
import { toGeminiModel, toModelPage } from "../../dialects/gemini/models.ts";
import { parseCountTokens, parseGenerateContent } from "../../dialects/gemini/parse.ts";
import { readBatchEmbedRequest, readEmbedRequest } from "../../dialects/gemini/request.ts";
import { toMarkdown } from "../../dialects/media-text.ts";
import type { Connection } from "../../http/body.ts";
import { jsonBody } from "../../http/json-body.ts";
import { ApiError } from "../../protocol/errors.ts";
import type { EventOf } from "../../protocol/events.ts";
import type { ModelSummary } from "../../protocol/models.ts";
import { createPromptSize } from "../../routing/prompt-size.ts";
import type { Services } from "../../services.ts";
import { listSummaries } from "../models.ts";
import { createAnswering } from "./answering.ts";
import { toGeminiMethod } from "./gemini-method.ts";
import { createTaskTargets } from "./task-target.ts";
import { theirAnswer } from "./theirs.ts";

/** One question, and what it is asked over. */
interface Asking extends Connection {
  readonly body: Record<string, unknown>;
  readonly model: string;
  /** This server's address, as the caller knows it. */
  readonly origin: string;
  readonly query: Readonly<Record<string, string | undefined>>;
}

const description =
  "The path ends with a model and a method: `:generateContent`, `:streamGenerateContent` (with `?alt=sse` as " +
  "server-sent events, else as one JSON array that grows), `:countTokens`, `:embedContent`, `:batchEmbedContents`.";

/** https://ai.google.dev/api/generate-content, /tokens, /embeddings and /models */
export function gemini(services: Services) {
  const { config, access, embedder } = services;
  const answering = createAnswering(services);
  const findTarget = createTaskTargets(services);
  const methods = new Map<string, (asking: Asking) => Promise<object>>([
    ["generateContent", generateContent],
    ["streamGenerateContent", streamGenerateContent],
    ["countTokens", countTokens],
    ["embedContent", embedContent],
    ["batchEmbedContents", batchEmbedContents],
  ]);

  return new Elysia()
    .get("/v1beta/models", async ({ query }) => toModelPage(await listSummaries(services), query), {
      response: theirAnswer(),
      detail: { summary: "Every model that can be asked, as Gemini's API lists its own" },
    })
    .get("/v1beta/models/*", async ({ params }) => toGeminiModel(await findModel(decodeURIComponent(params["*"]))), {
      response: theirAnswer(),
      detail: { summary: "One model, as Gemini's API has it; its name may hold a slash" },
    })
    .post("/v1beta/models/*", ({ body, params, query, ...connection }) => call(params["*"], body, query, connection), {
      ...jsonBody(config.max_body, (body) => body),
      response: theirAnswer("text/event-stream"),
      detail: { summary: "Answers as Gemini's API does", description },
    })
    .post("/v1/models/*", ({ body, params, query, ...connection }) => call(params["*"], body, query, connection), {
      ...jsonBody(config.max_body, (body) => body),
      response: theirAnswer("text/event-stream"),
      detail: { summary: "Answers as Gemini's API does, at the address of its newer clients", description },
    });

  /** @throws {ApiError} `not_found` for what nobody can be asked */
  function call(
    path: string,
    body: Asking["body"],
    query: Asking["query"],
    { request, server }: Connection,
  ): Promise<object> {
    const { model, method } = toGeminiMethod(path);
    const answer = methods.get(method);
    if (answer) return answer({ body, model, query, request, server, origin: new URL(request.url).origin });
    throw new ApiError("not_found", `there is no such method here; these are: ${[...methods.keys()].join(", ")}`);
  }

  async function findModel(name: string): Promise<ModelSummary> {
    const found = (await listSummaries(services)).find((each) => each.name === name);
    if (found) return found;
    throw new ApiError("model_not_found", "there is no model of that name; GET /v1beta/models lists them");
  }

  async function generateContent({ body, model, origin, request }: Asking) {
    const { asked, includesThoughts } = parseGenerateContent(body, model, origin);
    const begun = await answering.begin(asked, request);
    const collected = await answering.collect(begun, request, toText(origin));
    return Response.json(toAnswer(collected, begun.runId, includesThoughts), { headers: begun.headers });
  }

  async function streamGenerateContent({ body, model, origin, query, request, server }: Asking) {
    const { asked, includesThoughts } = parseGenerateContent(body, model, origin);
    const begun = await answering.begin(asked, request);
    const framing = query.alt === "sse" ? "sse" : "array";
    const encoder = createEncoder({ framing, responseId: begun.runId, includesThoughts, toText: toText(origin) });
    const contentType = framing === "sse" ? "text/event-stream" : "application/json; charset=utf-8";
    // No heartbeat: some of their clients take any line that is no data for a failure.
    return answering.stream(begun, { encoder, contentType, request, server });
  }

  /** About: vendors count with their own tables. */
  async function countTokens({ body, origin }: Asking) {
    return { totalTokens: createPromptSize(parseCountTokens(body, origin)).tokens };
  }

  async function embedContent(asking: Asking) {
    const [embedding] = await embed(asking, readEmbedRequest(asking.body));
    return { embedding };
  }

  async function batchEmbedContents(asking: Asking) {
    return { embeddings: await embed(asking, readBatchEmbedRequest(asking.body)) };
  }

  async function embed({ model, request }: Asking, requests: Parameters<typeof toAskedEmbeddings>[0]) {
    const target = await findTarget({ model }, request);
    const ask = { ...toAskedEmbeddings(requests), ...target };
    return toEmbeddings((await embedder.embed(ask, access.caller(request), request.signal)).vectors);
  }
}

function toText(origin: string) {
  return (event: EventOf<"content">) => toMarkdown(event, origin);
}
