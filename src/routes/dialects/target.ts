import { header } from "../../http/headers.ts";
import { createTargets } from "../../routing/target.ts";
import type { Services } from "../../services.ts";

/** Who is to answer; where nothing is said, whoever would be asked anyway. */
export interface Target<Provider = string> {
  readonly provider?: Provider | string;
  readonly model?: string;
}

/** What a request says of it; of what has several providers, a list as well. */
interface Asked<Provider> {
  readonly model?: string | null | undefined;
  readonly provider?: Provider | null | undefined;
}

export type FindTarget = <Provider = string>(asked: Asked<Provider>, request: Request) => Promise<Target<Provider>>;

/** Who is meant in another's API: by `provider`, by the header `x-provider`, or by `Provider/model`. */
export function createFindTarget({ registry, catalogue }: Pick<Services, "registry" | "catalogue">): FindTarget {
  const targets = createTargets(registry, catalogue);
  return async ({ model, provider }, request) => {
    const named = provider || header(request, "x-provider");
    if (named) return { provider: named, ...(model && { model }) };
    return model ? targets.find(model) : {};
  };
}
