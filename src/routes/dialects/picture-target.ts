import { ApiError } from "../../protocol/errors.ts";
import { askedModel } from "../../routing/asked.ts";
import { findPainter } from "../../routing/painter.ts";
import type { Services } from "../../services.ts";
import type { Target } from "./target.ts";

/** Who makes pictures, also for those who name no model. @throws {ApiError} `not_offered` where nobody does */
export async function toPictureTarget(
  target: Target,
  { registry, catalogue, ready }: Pick<Services, "registry" | "catalogue" | "ready">,
): Promise<Target> {
  if (askedModel(target.model) !== null) return target;
  await ready;
  const painter = await findPainter(registry, catalogue, target.provider);
  if (painter) return painter;
  throw new ApiError(
    "not_offered",
    "no provider that is set up lists a model that makes pictures; set the key of one that does, such as OPENAI_API_KEY, or name one in model",
  );
}
