import type { Catalogue } from "../providers/catalogue.ts";
import type { Registry } from "../providers/registry.ts";
import type { Target } from "./target.ts";

/**
 * Who makes pictures, for those who name no model: the first provider that lists one that does, and of its models
 * rather one that makes nothing else.
 *
 * @param named the provider, where one was asked for
 * @throws {ApiError} `provider_not_found`
 */
export async function findPainter(
  registry: Registry,
  catalogue: Catalogue,
  named?: string,
): Promise<Target | undefined> {
  for (const provider of registry.select(named)) {
    const models = (await catalogue.find(provider)) ?? [];
    const painters = models.filter(({ id, image }) => image || provider.makes?.(id) === "image");
    const painter = painters.find(({ id }) => provider.makes?.(id) === "image") ?? painters[0];
    if (painter) return { provider: provider.name, model: painter.id };
  }
  return undefined;
}
