import { Elysia } from "elysia";
import { toAnthropicModel, toAnthropicPage } from "../../dialects/anthropic/models.ts";
import { asksGemini } from "../../dialects/gemini/asks.ts";
import { toGeminiModel, toGeminiPage } from "../../dialects/gemini/models.ts";
import { toOpenaiModel, toOpenaiModelList } from "../../dialects/openai/models.ts";
import type { ModelSummary } from "../../protocol/models.ts";
import type { Services } from "../../services.ts";
import { createListedModels } from "./listed-models.ts";
import { theirAnswer } from "./theirs.ts";

/** How an API tells of models. */
interface ModelForm {
  list(models: readonly ModelSummary[], request: Request): object;
  one(model: ModelSummary): object;
}

const openai: ModelForm = { list: toOpenaiModelList, one: toOpenaiModel };

const anthropic: ModelForm = {
  list: (models, { url }) => toAnthropicPage(models, new URL(url).searchParams),
  one: toAnthropicModel,
};

const gemini: ModelForm = {
  list: (models, { url }) => toGeminiPage(models, new URL(url).searchParams),
  one: toGeminiModel,
};

/** Several APIs have their models at this address. */
function formOf(request: Request): ModelForm {
  if (request.headers.has("anthropic-version")) return anthropic;
  return asksGemini(request) ? gemini : openai;
}

/** https://platform.openai.com/docs/api-reference/models, and the lists of Anthropic and Gemini, which have the same address. */
export function v1Models(services: Services) {
  const models = createListedModels(services);
  return new Elysia({ prefix: "/v1/models" })
    .get("/", async ({ request }) => formOf(request).list(await models.list(), request), {
      response: theirAnswer(),
      detail: {
        summary: "Every model that can be asked, as OpenAI lists its own",
        description: "Routes are among them, and `auto`, which is the router's choice.",
      },
    })
    .get("/*", async ({ params, request }) => formOf(request).one(await models.get(decodeURIComponent(params["*"]))), {
      response: theirAnswer(),
      detail: { summary: "One model, whose name may hold a slash: that of its provider may stand before it" },
    });
}
