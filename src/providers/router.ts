import type { ChatRequest } from "../protocol/chat.ts";
import { ApiError, toApiError } from "../protocol/errors.ts";
import type { Capability } from "../protocol/models.ts";
import { askedModel, keyOf, needsOf, providerNames, readKeys } from "./asked.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Health } from "./health.ts";
import { findModel } from "./model-traits.ts";
import type { Provider } from "./provider.ts";
import { type Registry, routerName } from "./registry.ts";

/** One way to answer: a provider, one of its models, and the caller's own key for it. */
export interface Candidate {
  readonly provider: Provider;
  readonly model: string;
  readonly apiKey?: string;
}

/** Who shall answer, in order: the next one is tried when one fails before its first token. */
export interface Plan {
  readonly candidates: readonly [Candidate, ...Candidate[]];
  /** Whether the router chose. */
  readonly isRouted: boolean;
  /** The model that was asked for, `null` for any. */
  readonly asked: string | null;
  /** Why it is so, for the run's log. */
  readonly notes: readonly string[];
}

export interface Router {
  /** @throws {ApiError} `provider_not_found`, `model_not_found` */
  plan(request: ChatRequest): Promise<Plan>;
}

export interface RouterParts {
  readonly registry: Registry;
  readonly catalogue: Catalogue;
  readonly health: Health;
  /** Resolves when the first look for local runtimes is over. */
  readonly ready: Promise<unknown>;
}

export function createRouter({ registry, catalogue, health, ready }: RouterParts): Router {
  return {
    async plan(request) {
      const asked = askedModel(request.model);
      const names = providerNames(request.provider, registry);
      if (names.length > 0) return planNamed(names, asked, request);
      await ready;
      return planRouted(asked, request);
    },
  };

  async function planNamed(names: readonly string[], asked: string | null, request: ChatRequest): Promise<Plan> {
    const notes: string[] = [];
    const candidates: Candidate[] = [];
    const providers = [...new Set(names.map((name) => registry.get(name)))];
    const keys = readKeys(request.api_key, providers, registry, notes);
    let failure: ApiError | undefined;
    for (const provider of providers) {
      const own = keyOf(keys, provider);
      const model = asked ?? (await catalogue.defaultModel(provider, [], own.apiKey));
      if (model !== undefined) {
        candidates.push({ provider, model, ...own });
        continue;
      }
      const why = await catalogue.list(provider, own.apiKey).then(() => undefined, toApiError);
      failure ??= why;
      notes.push(`${provider.name} skipped: ${why?.message ?? "it lists no model to answer with"}`);
    }
    if (candidates.length === 0 && failure) throw failure;
    return toPlan(
      candidates,
      { isRouted: false, asked, notes },
      `${names.join(", ")} lists no model; name one in "model"`,
    );
  }

  async function planRouted(asked: string | null, request: ChatRequest): Promise<Plan> {
    const notes: string[] = [];
    const keys = readKeys(request.api_key, [], registry, notes);
    const isIgnored = (provider: Provider) =>
      request.ignored?.some((name) => registry.find(name) === provider) ?? false;
    const able = registry
      .list()
      .filter((provider) => provider.chat && !isIgnored(provider))
      .map((provider) => ({ provider, ...keyOf(keys, provider) }))
      .filter(({ provider, apiKey }) => provider.configured || apiKey !== undefined);
    const ordinary = able.filter(({ provider }) => !provider.lastResort);
    const needs = asked === null ? needsOf(request) : [];
    const found = await Promise.all(ordinary.map((each) => chooseModel(each, asked, needs, notes)));
    // Those that are known to have the model go before those that could not say.
    const chosen = found
      .filter((candidate) => candidate !== undefined)
      .sort((a, b) => Number(b.isListed) - Number(a.isListed));
    const candidates = withoutCooling(chosen, notes);
    if (candidates.length > 0) {
      notes.unshift(
        `${routerName}: ${candidates.map(({ provider, model }) => `${provider.name}/${model}`).join(", then ")}`,
      );
      return toPlan(candidates, { isRouted: true, asked, notes }, "");
    }
    const rest = await Promise.all(
      able.filter(({ provider }) => provider.lastResort).map((each) => chooseModel(each, asked, [], notes)),
    );
    const last = rest.filter((candidate) => candidate !== undefined);
    return toPlan(last, { isRouted: false, asked, notes }, nobodyHas(asked, ordinary.length));
  }

  async function chooseModel(
    { provider, apiKey }: { provider: Provider; apiKey?: string },
    asked: string | null,
    needs: readonly Capability[],
    notes: string[],
  ): Promise<(Candidate & { readonly isListed: boolean }) | undefined> {
    const own = apiKey === undefined ? {} : { apiKey };
    const models = await catalogue.find(provider, apiKey);
    if (asked !== null) {
      // A provider that cannot list its models may still have this one.
      const model = models ? findModel(models, asked)?.id : asked;
      return model === undefined ? undefined : { provider, model, ...own, isListed: models !== undefined };
    }
    const model = await catalogue.defaultModel(provider, needs, apiKey);
    if (model === undefined) return void notes.push(`${provider.name} skipped: it lists no model to answer with`);
    const told = models?.find(({ id }) => id === model);
    const lacks = told ? needs.filter((need) => !told[need]) : [];
    if (lacks.length > 0)
      return void notes.push(`${provider.name} skipped: none of its models offers ${lacks.join(", ")}`);
    return { provider, model, ...own, isListed: true };
  }

  /** Leaves out those that are cooling, unless all are: then the one that is ready first goes first. */
  function withoutCooling(candidates: readonly Candidate[], notes: string[]): readonly Candidate[] {
    // A caller's own key has its own limits: what happened with ours says nothing of it.
    const coolingMs = ({ provider, apiKey }: Candidate) => (apiKey === undefined ? health.coolingMs(provider.name) : 0);
    const ready = candidates.filter((candidate) => coolingMs(candidate) === 0);
    if (ready.length === 0) return candidates.toSorted((a, b) => coolingMs(a) - coolingMs(b));
    for (const candidate of candidates) {
      const ms = coolingMs(candidate);
      if (ms > 0) notes.push(`${candidate.provider.name} skipped: cooling for ${Math.ceil(ms / 1000)} s`);
    }
    return ready;
  }
}

function toPlan(candidates: readonly Candidate[], rest: Omit<Plan, "candidates">, nobody: string): Plan {
  const [first, ...others] = candidates;
  if (first === undefined) throw new ApiError("model_not_found", nobody);
  return { candidates: [first, ...others], ...rest };
}

function nobodyHas(asked: string | null, others: number): string {
  const what =
    asked === null
      ? "nothing can answer"
      : `no configured provider has the model ${JSON.stringify(asked.slice(0, 80))}`;
  const cure =
    others === 0
      ? "set a key such as OPENAI_API_KEY, or start a local runtime"
      : "GET /backend-api/v2/models lists what there is";
  return `${what}; ${cure}`;
}
