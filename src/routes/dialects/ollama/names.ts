import { ApiError } from "../../../protocol/errors.ts";
import type { Model } from "../../../protocol/models.ts";
import { findModel } from "../../../providers/model-traits.ts";
import type { Provider } from "../../../providers/provider.ts";
import { createTargets } from "../../../routing/target.ts";
import type { Services } from "../../../services.ts";
import { isAnyones } from "../../models.ts";

/** A model as one provider has it. */
export interface Offer {
  readonly provider: Provider;
  readonly model: Model;
}

/** What the names of this API mean here: they may end in `:latest`, and hold a provider's name as in the other APIs. */
export interface OllamaNames {
  /** A name as it is listed: `gpt-4o:latest` is what some tools make of `gpt-4o`. */
  toListed(name: string): Promise<string>;
  /** Who has it; nobody in particular, where it is a route's name or the router's. @throws {ApiError} `model_not_found` */
  get(name: string): Promise<readonly Offer[]>;
}

const latest = ":latest";

export function createOllamaNames(services: Services): OllamaNames {
  const { registry, catalogue, ready } = services;
  const targets = createTargets(registry, catalogue);
  return {
    async toListed(name) {
      if (!name.endsWith(latest)) return name;
      const { offers, id } = await look(name);
      return offers.some(({ model }) => model.id === id) ? name : name.slice(0, -latest.length);
    },
    async get(name) {
      if (isAnyones(name, services)) return [];
      const { offers } = await look(name);
      if (offers.length === 0) throw noModel(name, "GET /api/tags lists those that are there");
      return offers;
    },
  };

  async function look(name: string): Promise<{ readonly id: string; readonly offers: readonly Offer[] }> {
    await ready;
    const { provider: named, model: id } = await targets.find(name);
    const asked = registry.select(named);
    const lists = await Promise.all(
      asked.map(async (provider) => ({ provider, models: await catalogue.find(provider) })),
    );
    const offers = lists.flatMap(({ provider, models }) => {
      const found = findModel(models ?? [], id);
      return found ? [{ provider, model: found }] : [];
    });
    return { id, offers };
  }
}

/** In the words that tools of this API look for. */
function noModel(name: string, why: string, cause?: unknown): ApiError {
  return new ApiError("model_not_found", `model ${JSON.stringify(name.slice(0, 80))} not found: ${why}`, { cause });
}

/** Throws it again: in those words, where it is that there is no such model. */
export function orNoModel(name: string, thrown: unknown): never {
  const isMissing = thrown instanceof ApiError && thrown.class === "ModelNotFoundError";
  throw isMissing ? noModel(name, thrown.message, thrown) : thrown;
}
