import { Elysia } from "elysia";
import { toOpenaiModel } from "../../dialects/openai/models.ts";
import { ApiError } from "../../protocol/errors.ts";
import type { ModelSummary } from "../../protocol/models.ts";
import { listSummaries } from "../models.ts";
import type { Services } from "../../services.ts";
import { theirAnswer } from "./theirs.ts";

/** https://platform.openai.com/docs/api-reference/models */
export function openaiModels(services: Services) {
  return new Elysia({ prefix: "/v1/models" })
    .get("/", async () => ({ object: "list", data: (await listSummaries(services)).map(toOpenaiModel) }), {
      response: theirAnswer(),
      detail: { summary: "Every model that can be asked, as OpenAI lists its own" },
    })
    .get(
      "/*",
      async ({ params }) => {
        const name = decodeURIComponent(params["*"]);
        return toOpenaiModel(findSummary(await listSummaries(services), name));
      },
      {
        response: theirAnswer(),
        detail: { summary: "One model, whose name may hold a slash" },
      },
    );
}

function findSummary(all: readonly ModelSummary[], name: string): ModelSummary {
  const found = all.find((each) => each.name === name);
  if (found) return found;
  throw new ApiError("model_not_found", "there is no model of that name; GET /v1/models lists them");
}
