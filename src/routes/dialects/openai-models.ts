import { Elysia } from "elysia";
import { toAnthropicModel, toAnthropicPage } from "../../dialects/anthropic/models.ts";
import { toOpenaiModel, toOpenaiModelList } from "../../dialects/openai/models.ts";
import { ApiError } from "../../protocol/errors.ts";
import type { ModelSummary } from "../../protocol/models.ts";
import { routerName } from "../../providers/registry.ts";
import type { Services } from "../../services.ts";
import { listSummaries } from "../models.ts";
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

/** Several APIs have their models at this address. */
function formOf({ headers }: Request): ModelForm {
  return headers.has("anthropic-version") ? anthropic : openai;
}

/** https://platform.openai.com/docs/api-reference/models */
export function openaiModels(services: Services) {
  return new Elysia({ prefix: "/v1/models" })
    .get("/", async ({ request }) => formOf(request).list(await listAll(), request), {
      response: theirAnswer(),
      detail: {
        summary: "Every model that can be asked, as OpenAI lists its own",
        description: "Routes are among them, and `auto`, which is the router's choice.",
      },
    })
    .get("/*", async ({ params, request }) => formOf(request).one(await findModel(decodeURIComponent(params["*"]))), {
      response: theirAnswer(),
      detail: { summary: "One model, whose name may hold a slash: that of its provider may stand before it" },
    });

  async function listAll(): Promise<ModelSummary[]> {
    return [auto, ...(await listSummaries(services))];
  }

  /** By its own name; else as `Provider/model`, which is its name again. */
  async function findModel(name: string): Promise<ModelSummary> {
    const found = (await listAll()).find((each) => each.name === name) ?? (await findOffer(name));
    if (found) return found;
    throw new ApiError("model_not_found", "there is no model of that name; GET /v1/models lists them");
  }

  async function findOffer(name: string): Promise<ModelSummary | undefined> {
    const slash = name.indexOf("/");
    const provider = slash === -1 ? undefined : services.registry.find(name.slice(0, slash));
    const model = provider && (await services.catalogue.find(provider))?.find(({ id }) => id === name.slice(slash + 1));
    return model && { ...model, name, providers: [provider.name] };
  }
}

const auto: ModelSummary = {
  name: "auto",
  label: "Auto",
  image: false,
  vision: true,
  audio: false,
  video: false,
  providers: [routerName],
};
