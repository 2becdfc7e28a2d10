import { header } from "../../http/headers.ts";
import { createTargets } from "../../routing/target.ts";
import type { Services } from "../../services.ts";

/** Who is to do what is no conversation. */
export interface TaskTarget {
  readonly provider?: string;
  readonly model?: string;
}

type FindTaskTarget = (
  asked: { readonly model?: string | null | undefined; readonly provider?: string | null | undefined },
  request: Request,
) => Promise<TaskTarget>;

/** As conversations have it: `provider`, the header `x-provider`, or `Provider/model`. */
export function createTaskTargets({ registry, catalogue }: Pick<Services, "registry" | "catalogue">): FindTaskTarget {
  const targets = createTargets(registry, catalogue);
  return async ({ model, provider }, request) => {
    const named = provider || header(request, "x-provider");
    if (named) return { provider: named, ...(model && { model }) };
    if (!model) return {};
    const found = await targets.find(model);
    return { model: found.model ?? model, ...(typeof found.provider === "string" && { provider: found.provider }) };
  };
}
