import { ApiError } from "../../protocol/errors.ts";
import type { ModelSummary } from "../../protocol/models.ts";
import { routerName } from "../../providers/registry.ts";
import type { Services } from "../../services.ts";
import { listSummaries } from "../models.ts";

/** The models that other APIs list: each has them in a form of its own. */
export interface ListedModels {
  /** Routes are among them, and the router's choice is first. */
  list(): Promise<ModelSummary[]>;
  /** By its own name; else as `Provider/model`, which is its name again. @throws {ApiError} `model_not_found` */
  get(name: string): Promise<ModelSummary>;
}

export function createListedModels(services: Services): ListedModels {
  const { registry, catalogue } = services;
  return {
    list,
    async get(name) {
      if (name === auto.name) return auto;
      const [found = await findOffer(name)] = await listSummaries(services, name);
      if (found) return found;
      throw new ApiError("model_not_found", "there is no model of that name; GET /v1/models lists them");
    },
  };

  async function list(): Promise<ModelSummary[]> {
    return [auto, ...(await listSummaries(services))];
  }

  async function findOffer(name: string): Promise<ModelSummary | undefined> {
    const slash = name.indexOf("/");
    const provider = slash === -1 ? undefined : registry.find(name.slice(0, slash));
    const model = provider && (await catalogue.find(provider))?.find(({ id }) => id === name.slice(slash + 1));
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
