import type { MediaRequest } from "../media.ts";
import { createPlainProvider } from "../plain-provider.ts";
import type { Adapter, Call, ProviderEvent } from "../provider.ts";
import { toInput, toParameters } from "../replicate/input.ts";
import { createReplicateModels } from "../replicate/models.ts";
import { addressOf } from "../replicate/pictures.ts";
import { type Pace, predict } from "../replicate/prediction.ts";
import { createRequests } from "../requests.ts";

/** Fields that many models have, and no word of ours. */
const passes = ["guidance", "guidance_scale", "num_inference_steps", "output_quality", "safety_tolerance", "go_fast"];

/** How long the first question is held open, in seconds: the fastest models are done by then. */
const heldSeconds = 5;

/** https://replicate.com/docs/reference/http */
export function createReplicate(pace: Pace = { firstMs: 2_000, mostMs: 10_000 }): Adapter {
  return {
    name: "Replicate",
    aliases: [],
    keyNames: ["REPLICATE_API_TOKEN"],
    addressNames: ["REPLICATE_BASE_URL"],
    open(options) {
      const { name } = options;
      const identity = {
        name,
        label: name,
        url: "https://replicate.com",
        loginUrl: "https://replicate.com/account/api-tokens",
        auth: true,
        baseUrl: options.baseUrl ?? "https://api.replicate.com/v1",
        usualModels: ["black-forest-labs/flux-schnell"],
        passes,
      };
      const headers = (key: string | undefined): Record<string, string> =>
        key === undefined ? {} : { authorization: `Bearer ${key}` };
      const requests = createRequests({ ...identity, headers, options });
      const models = createReplicateModels(requests);

      async function* generate(request: MediaRequest, call: Call): AsyncGenerator<readonly ProviderEvent[]> {
        const { id, fields, version } = await models.get(request.model, call);
        const pictures = await Promise.all(request.inputs.map((input) => addressOf(input, requests, call)));
        const input = toInput(request, pictures, fields);
        const path = version === undefined ? `/models/${id}/predictions` : "/predictions";
        const start = {
          path,
          body: { ...(version !== undefined && { version }), input },
          headers: { prefer: `wait=${heldSeconds}` },
        };
        yield* predict(start, models.kindOf(request.model), { requests, pace, call });
      }

      return createPlainProvider(identity, options, {
        makes: models.kindOf,
        parameters: (model) => ({
          model,
          ...(model !== null && toParameters(models.kindOf(model), models.fieldsOf(model))),
        }),
        listModels: models.list,
        generate,
      });
    },
  };
}

export const replicate = createReplicate();
