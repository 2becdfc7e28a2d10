import { ApiError } from "../../protocol/errors.ts";
import { askedModel } from "../../routing/asked.ts";
import type { Services } from "../../services.ts";
import type { Target } from "./target.ts";

/**
 * Who makes pictures, for those who name no model: the first that lists one for it.
 *
 * @throws {ApiError} `not_offered` where nobody does
 */
export async function toPictureTarget(
  target: Target,
  { registry, catalogue, ready }: Pick<Services, "registry" | "catalogue" | "ready">,
): Promise<Target> {
  if (askedModel(target.model) !== null) return target;
  await ready;
  for (const provider of registry.select(target.provider)) {
    const models = (await catalogue.find(provider)) ?? [];
    const model = models.find(({ id }) => provider.makes?.(id) === "image");
    if (model) return { provider: provider.name, model: model.id };
  }
  throw new ApiError(
    "not_offered",
    "no provider that is set up lists a model that makes pictures; set the key of one that does, such as OPENAI_API_KEY, or name one in model",
  );
}
