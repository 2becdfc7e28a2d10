import type { Catalogue } from "../providers/catalogue.ts";
import type { Registry } from "../providers/registry.ts";

/** Without a provider, whoever has the model. */
export interface Target {
  readonly provider?: string;
  readonly model: string;
}

export interface Targets {
  /**
   * Who is meant by a model's name alone, where an API has no other place to name a provider: `Provider/model` is one
   * provider's, unless somebody lists a model of that whole name.
   */
  find(model: string): Promise<Target>;
}

export function createTargets(registry: Registry, catalogue: Catalogue): Targets {
  return {
    async find(model) {
      const slash = model.indexOf("/");
      const prefix = slash === -1 ? "" : model.slice(0, slash);
      const provider = prefix === "" ? undefined : registry.find(prefix);
      if (!provider) return { model };
      const target = { provider: provider.name, model: model.slice(slash + 1) };
      if (provider.name === prefix) return target;
      const lists = await Promise.all(registry.select().map((each) => catalogue.find(each)));
      return lists.some((list) => list?.some(({ id }) => id === model)) ? { model } : target;
    },
  };
}
