import { Elysia } from "elysia";
import { jsonBody } from "../../../http/json-body.ts";
import { lazily } from "../../../lib/lazily.ts";
import { ApiError } from "../../../protocol/errors.ts";
import type { Services } from "../../../services.ts";
import { theirAnswer } from "../theirs.ts";

/** What tools ask for before they use what came with it: `/v1/messages` came with this one, `/v1/responses` a little earlier. */
const version = "0.14.0";

const lines = "application/x-ndjson";

/** https://docs.ollama.com/api */
export function ollama(services: Services) {
  const { max_body } = services.config;
  // Few servers are ever asked in this API: what answers is loaded by the first who asks.
  const answers = lazily(async () => (await import("./answers.ts")).createOllamaAnswers(services));
  const models = lazily(async () => (await import("./models.ts")).createOllamaModels(services));
  const vectors = lazily(async () => (await import("./embed.ts")).createOllamaEmbeddings(services));
  const body = jsonBody(max_body, (asked) => asked);

  return new Elysia({ prefix: "/api" })
    .post("/chat", async (context) => (await answers()).chat(context.body, context), {
      ...body,
      response: theirAnswer(lines),
      detail: { summary: "Answers a chat, as Ollama does: line by line, or whole with stream: false" },
    })
    .post("/generate", async (context) => (await answers()).generate(context.body, context), {
      ...body,
      response: theirAnswer(lines),
      detail: { summary: "Answers a prompt, as Ollama does" },
    })
    .get("/tags", async () => (await models()).list(), {
      response: theirAnswer(),
      detail: { summary: "Every model that can be asked, as Ollama lists its own" },
    })
    .post("/show", async ({ body: asked }) => (await models()).show(asked), {
      ...body,
      response: theirAnswer(),
      detail: { summary: "What a model can do, and how much it reads" },
    })
    .get("/ps", async ({ request }) => (await models()).running(request), {
      response: theirAnswer(),
      detail: { summary: "The models that answer you right now" },
    })
    .post("/embed", async (context) => (await vectors()).embed(context.body, context), {
      ...body,
      response: theirAnswer(),
      detail: { summary: "What texts mean, as vectors, as Ollama tells it" },
    })
    .post("/embeddings", async (context) => (await vectors()).embeddings(context.body, context), {
      ...body,
      response: theirAnswer(),
      detail: { summary: "The same of one text, as older tools ask for it" },
    })
    .get("/version", () => ({ version }), {
      response: theirAnswer(),
      detail: { summary: "The version of Ollama's API that is spoken here" },
    })
    .post("/pull", async ({ body: asked }) => (await models()).pull(asked), {
      ...body,
      response: theirAnswer(lines),
      detail: { summary: "Says that a model is there, where it is" },
    })
    .post("/push", refuse, elsewhere)
    .post("/create", refuse, elsewhere)
    .post("/copy", refuse, elsewhere)
    .delete("/delete", refuse, elsewhere)
    .post("/blobs/:digest", refuse, elsewhere);
}

const elsewhere = {
  response: theirAnswer(),
  detail: { summary: "Not offered: models are managed where they run" },
};

/** @throws {ApiError} `not_offered` */
function refuse(): never {
  throw new ApiError(
    "not_offered",
    "models are managed at their providers: what they offer is listed here, and nothing can be added, changed or deleted",
  );
}
