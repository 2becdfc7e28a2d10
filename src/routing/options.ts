import type { Capability, Model } from "../protocol/models.ts";
import { type ApiError, toApiError } from "../protocol/errors.ts";
import type { Candidate } from "./candidate.ts";
import type { Catalogue } from "../providers/catalogue.ts";
import { findModel, isChatModel } from "../providers/model-traits.ts";
import type { Prices } from "../providers/prices.ts";
import type { PromptSize } from "./prompt-size.ts";
import type { Provider } from "../providers/provider.ts";
import type { Registry } from "../providers/registry.ts";
import type { Conditions, RouteTarget } from "./route.ts";

/** One who could answer, before anybody has looked at how it is. */
export interface Option extends Candidate {
  readonly weight: number;
  readonly when?: Conditions;
  /** Its number among the targets of a route. */
  readonly place?: number;
  /** What its list tells of the model, where there is one. */
  readonly told: Model | undefined;
}

/** One who cannot, and why. */
export interface Unable {
  readonly provider: Provider;
  readonly why: string;
  /** What the provider threw, where that is why. */
  readonly failure?: ApiError | undefined;
}

/** A target of a route, and its number among all of them. */
type Placed = RouteTarget & { readonly place: number };

/** What is asked for. */
export interface Ask {
  /** The model's name; null for any. */
  readonly asked: string | null;
  readonly needs: readonly Capability[];
  readonly prompt: PromptSize;
  readonly keys: ReadonlyMap<Provider, string>;
}

export interface OptionParts {
  readonly registry: Registry;
  readonly catalogue: Catalogue;
  readonly prices: Prices;
}

/** Finds the model with which each of several providers could answer. */
export function createOptions({ registry, catalogue, prices }: OptionParts) {
  return {
    /** Of providers that were named: any model is passed on, since vendors add some daily. */
    ofNamed: (providers: readonly Provider[], ask: Ask) =>
      Promise.all(
        providers.map(async (provider) => {
          const model = ask.asked ?? (await catalogue.defaultModel(provider, [], ask.keys.get(provider)));
          if (model === undefined) return whyNone(provider, ask.keys.get(provider));
          return toOption(provider, model, await toldOf(provider, model, ask), ask);
        }),
      ),
    /** Of the targets of a route. */
    ofRoute: (targets: readonly Placed[], ask: Ask) =>
      Promise.all(
        targets.map(async ({ provider: name, model: named, weight, when, place }) => {
          const provider = registry.get(name);
          if (!registry.canBeAsked(provider) && !ask.keys.has(provider))
            return { provider, why: provider.configured ? "it is not running" : "it is not set up" };
          const models = await catalogue.find(provider, ask.keys.get(provider));
          const model = named ?? (await catalogue.defaultModel(provider, ask.needs, ask.keys.get(provider)));
          if (model === undefined) return { provider, why: noModel };
          const option = toOption(provider, model, findModel(models ?? [], model), ask);
          return { ...option, place, ...(weight !== undefined && { weight }), ...(when && { when }) };
        }),
      ),
    /** Of all that have the model; where none was asked for, with the default or another that meets the needs. */
    ofAll: async (providers: readonly Provider[], ask: Ask) => {
      const found = await Promise.all(providers.map((provider) => chooseModel(provider, ask)));
      const options = found.filter((option) => option !== undefined);
      // Those that are known to have the model go before those that could not say.
      const isSure = (option: Option | Unable) => Number("told" in option && option.told !== undefined);
      return options.sort((a, b) => isSure(b) - isSure(a));
    },
  };

  /** Nobody waits for a list, unless what the model reads decides what it is sent. */
  async function toldOf(provider: Provider, model: string, { prompt, keys }: Ask): Promise<Model | undefined> {
    if (!prompt.isOpen) return catalogue.known(provider, model);
    return findModel((await catalogue.find(provider, keys.get(provider))) ?? [], model);
  }

  async function chooseModel(provider: Provider, ask: Ask): Promise<Option | Unable | undefined> {
    const { asked, needs, prompt } = ask;
    const apiKey = ask.keys.get(provider);
    const models = await catalogue.find(provider, apiKey);
    if (asked !== null) {
      const told = models && findModel(models, asked);
      // A provider that cannot list its models may still have this one.
      return models && !told ? undefined : toOption(provider, told?.id ?? asked, told, ask);
    }
    if (!provider.chat) return undefined;
    const usual = await catalogue.defaultModel(provider, needs, apiKey);
    if (usual === undefined) return { provider, why: noModel };
    const told = models?.find(({ id }) => id === usual);
    const lacks = told ? needs.filter((need) => !told[need]) : [];
    if (lacks.length > 0) return { provider, why: `none of its models offers ${lacks.join(", ")}` };
    const fits = ({ context_length = Infinity }: Model) => !prompt.exceeds(context_length);
    const roomy =
      told && !fits(told) ? models?.find((model) => isFit(model, provider, needs) && fits(model)) : undefined;
    return toOption(provider, roomy?.id ?? usual, roomy ?? told, ask);
  }

  async function whyNone(provider: Provider, apiKey: string | undefined): Promise<Unable> {
    const failure = await catalogue.list(provider, apiKey).then(() => undefined, toApiError);
    return { provider, why: failure?.message ?? noModel, failure };
  }

  function toOption(provider: Provider, model: string, told: Model | undefined, { keys }: Ask): Option {
    const apiKey = keys.get(provider);
    const pricing = told?.pricing ?? prices.find(provider.name, [model]);
    const contextLength = told?.context_length ?? prices.contextLength(provider.name, model);
    return {
      provider,
      model,
      told,
      weight: registry.terms(provider.name).weight,
      ...(apiKey !== undefined && { apiKey }),
      ...(pricing && { pricing }),
      ...(contextLength !== undefined && { contextLength }),
      ...(told && { vision: told.vision }),
    };
  }
}

const noModel = "it lists no model to answer with";

function isFit(model: Model, provider: Provider, needs: readonly Capability[]): boolean {
  return isChatModel(model, provider) && needs.every((need) => model[need]);
}
