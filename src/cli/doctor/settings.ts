import type { Config } from "../../config/load.ts";
import { keysOf } from "../../config/providers.ts";
import { suggestion } from "../../lib/nearest.ts";
import { findModel } from "../../providers/model-traits.ts";
import type { Provider } from "../../providers/provider.ts";
import type { Services } from "../../services.ts";
import { type Finding, findingsAbout } from "./finding.ts";

const { ok, warn, fail } = findingsAbout("settings");

/** The setting without which an engine is left out. */
const engineNeeds = { searxng: "searxng_url", brave: "brave_api_key", tavily: "tavily_api_key" } as const;

/** What the settings say alone. */
export function checkSettings(config: Config): Finding[] {
  const engines = config.origins.search_engines === "default" ? [] : config.search_engines;
  const found = [
    ...config.warnings.map((warning) => warn("settings", warning, "see parley config print --origins")),
    ...engines.flatMap((engine) => {
      if (engine === "off" || engine === "duckduckgo" || config[engineNeeds[engine]] !== "") return [];
      return fail(
        "search_engines",
        `it names ${engine}, and ${engineNeeds[engine]} is not set`,
        `set ${engineNeeds[engine]}, or take ${engine} out`,
      );
    }),
    ...config.providers
      .filter((each) => each.isMentioned && each.adapter.keyNames.length > 0 && keysOf(each).length === 0)
      .filter(({ base_url }) => base_url === undefined)
      .map(({ name, keySetting }) => warn(name, "it is mentioned, and has no key", `set ${keySetting}`)),
  ];
  return found.length > 0 ? found : [ok("settings", "nothing is unknown, and nothing is missing")];
}

/** What names a model that nobody offers fails in the background, where nobody looks. */
export async function checkNames(config: Config, services: Services): Promise<Finding[]> {
  const { registry } = services;
  const named = (["memory_embeddings", "memory_model", "title_model"] as const).map(async (setting) => {
    const [name = "", ...rest] = config[setting].split("/");
    if (["", "off", "auto"].includes(name)) return [];
    const provider = registry.find(name);
    const cure = "parley providers and parley models list what there is";
    if (!provider) return [fail(setting, `it names ${name}, and no provider is called so`, cure)];
    if (!registry.isActive(provider)) return [fail(setting, `it names ${name}, which is not set up`, cure)];
    if (setting === "memory_embeddings" && provider.embed === undefined)
      return [fail(setting, `it names ${name}, which offers no embeddings`, cure)];
    return checkModel(setting, provider, rest.join("/"), services);
  });
  const targets = config.routes.flatMap((route) =>
    route.providers.map(async ({ provider: name, model = "" }) => {
      const provider = registry.find(name);
      if (!provider || !registry.canBeAsked(provider))
        return [
          warn(`route ${route.name}`, `${name} cannot be asked now: it is passed over`, `set it up, or take it out`),
        ];
      return checkModel(`route ${route.name}`, provider, model, services);
    }),
  );
  const defaults = registry
    .list()
    .filter((provider) => registry.isActive(provider) && provider.defaultModel !== undefined)
    .map((provider) => checkModel(provider.name, provider, provider.defaultModel ?? "", services, "default_model"));
  return (await Promise.all([...named, ...targets, ...defaults])).flat();
}

/** That it is among those that the vendor lists. Not all list every model they have, so it is no more than a doubt. */
async function checkModel(
  where: string,
  provider: Provider,
  model: string,
  { catalogue }: Services,
  what = "it",
): Promise<Finding[]> {
  const models = model === "" ? undefined : await catalogue.find(provider);
  if (!models || models.length === 0 || findModel(models, model)) return [];
  const ids = models.map(({ id }) => id);
  const found = `${what} names ${model}, and ${provider.name} lists no such model${suggestion(model, ids)}`;
  return [warn(where, found, `parley models -p ${provider.name} lists them`)];
}
