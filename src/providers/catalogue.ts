import { BoundedMap } from "../lib/bounded-map.ts";
import type { Clock } from "../lib/clock.ts";
import { within } from "../lib/deadline.ts";
import { hexDigestOf } from "../lib/digest.ts";
import { orTimedOut } from "../protocol/errors.ts";
import { maxNameLength } from "../protocol/chat.ts";
import type { Capability, Model, ModelOffer, ModelSummary } from "../protocol/models.ts";
import { findModel, isChatModel } from "./model-traits.ts";
import type { Prices } from "./prices.ts";
import type { Call, Provider } from "./provider.ts";

/** What the providers offer, asked of them and remembered for a while. */
export interface Catalogue {
  /** The models of one provider, its default marked. @throws {ApiError} when it cannot tell. */
  list(provider: Provider, apiKey?: string): Promise<readonly Model[]>;
  /** What is known of a model without asking anybody. */
  known(provider: Provider, model: string): Model | undefined;
  /** The language models that are known of it, without asking anybody. */
  names(provider: Provider): string[];
  /** As `list`, with `undefined` when it cannot tell soon. */
  find(provider: Provider, apiKey?: string): Promise<readonly Model[] | undefined>;
  /** The model for those who ask for none, if one is known. With needs: one that meets them, where there is one. */
  defaultModel(provider: Provider, needs: readonly Capability[], apiKey?: string): Promise<string | undefined>;
  /** Every model that some of these providers can serve now, by name; with what each of them offers, where that is asked. */
  summary(providers: readonly Provider[], asked?: SummaryOptions): Promise<ModelSummary[]>;
  /** What it offers has changed. */
  forget(provider: Provider): void;
}

export interface SummaryOptions {
  readonly capability?: Capability | undefined;
  readonly hasOffers?: boolean;
  /** Of this model alone. */
  readonly name?: string | undefined;
}

interface Entry {
  readonly models: Promise<readonly Model[]>;
  /** Once they are there. */
  found?: readonly Model[];
  /** When it is asked for anew. */
  refreshAt: number;
  /** Until when it still serves while a new one is fetched, so that no chat waits for a list. */
  readonly servesUntil: number;
  hasFailed: boolean;
}

const refreshMs = 5 * 60_000;
const serveMs = 60 * 60_000;
/** A failure is forgotten sooner: somebody may be mending it. */
const refreshFailureMs = 10_000;
/** Longest wait for a list that only helps to choose. */
const patienceMs = 3_000;
/** A list that is longer is nobody's to choose from; arbitrary. */
const maxModels = 10_000;
/** Lists got with callers' own keys that are kept at once. */
const maxCallers = 200;

export interface CatalogueParts {
  readonly clock: Clock;
  readonly prices: Prices;
  /** What is known of the providers otherwise: models that cannot be called are not listed. */
  readonly health: { isCallable(provider: Provider, model: string): boolean };
}

export function createCatalogue({ clock, prices, health }: CatalogueParts): Catalogue {
  const ours = new Map<string, Entry>();
  // Those of callers' own keys come from outside, and may not push out the server's.
  const callers = new BoundedMap<string, Entry>(maxCallers);

  const list: Catalogue["list"] = async (provider, apiKey) => {
    const models = await look(provider, apiKey, (known) => !known.hasFailed);
    return apiKey === undefined ? models.filter(({ id }) => health.isCallable(provider, id)) : models;
  };

  // Where a list only helps to choose, an old failure serves as well as a new one, and at once.
  const find: Catalogue["find"] = (provider, apiKey) =>
    within(
      look(provider, apiKey, () => true).catch(() => undefined),
      patienceMs,
    );

  return {
    list,
    find,
    known: (provider, model) => findModel(ours.get(provider.name)?.found ?? [], model),
    names: (provider) =>
      (ours.get(provider.name)?.found ?? []).filter((model) => isChatModel(model, provider)).map(({ id }) => id),
    async defaultModel(provider, needs, apiKey) {
      if (provider.defaultModel !== undefined && needs.length === 0) return provider.defaultModel;
      const models = await find(provider, apiKey);
      const usual = models?.find((model) => model.default)?.id ?? provider.defaultModel ?? provider.usualModels[0];
      const meets = (model: Model) => needs.every((need) => model[need]);
      if (!models || models.some((model) => model.id === usual && meets(model))) return usual;
      return models.find((model) => isChatModel(model, provider) && meets(model))?.id ?? usual;
    },
    async summary(providers, { capability, hasOffers = false, name: wanted } = {}) {
      const summaries = new Map<string, ModelSummary>();
      const lists = await Promise.all(
        providers.map(async (provider) => ({ provider, models: (await find(provider)) ?? [] })),
      );
      for (const { provider, models } of lists) {
        for (const model of models) {
          if (wanted !== undefined && model.id !== wanted) continue;
          if (capability && !model[capability]) continue;
          if (!health.isCallable(provider, model.id)) continue;
          const { id: name, label, image, vision, audio, video } = model;
          const known = summaries.get(name) ?? { name, label, image, vision, audio, video, providers: [] };
          known.providers.push(provider.name);
          if (hasOffers) (known.offers ??= []).push(toOffer(provider, model));
          summaries.set(name, known);
        }
      }
      return [...summaries.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    forget: (provider) => void ours.delete(provider.name),
  };

  function look(provider: Provider, apiKey: string | undefined, serves: (known: Entry) => boolean): Entry["models"] {
    const entries = apiKey === undefined ? ours : callers;
    const key = apiKey === undefined ? provider.name : keyOf(provider, apiKey);
    const known = entries.get(key);
    if (known && clock() < known.refreshAt) return known.models;
    const fresh = ask(provider, apiKey);
    if (!known || clock() >= known.servesUntil || !serves(known)) {
      entries.set(key, fresh);
      return fresh.models;
    }
    known.refreshAt = clock() + refreshFailureMs;
    const replace = () => {
      if (entries.get(key) === known) entries.set(key, fresh);
    };
    // A good list is worth more than the news that there is none just now.
    fresh.models.then(replace, () => (known.hasFailed ? replace() : undefined));
    return known.models;
  }

  function ask(provider: Provider, apiKey?: string): Entry {
    const call: Call = { signal: AbortSignal.timeout(10_000), ...(apiKey !== undefined && { apiKey }) };
    const models = provider.listModels(call).then(
      (listed) => {
        const complete = listed
          .filter(isNamed)
          .slice(0, maxModels)
          .map((model) => prices.complete(provider.name, model));
        return (entry.found = markDefault(complete, provider));
      },
      (thrown: unknown) => {
        entry.refreshAt = clock() + refreshFailureMs;
        entry.hasFailed = true;
        throw orTimedOut(thrown, `${provider.name} did not list its models in time`);
      },
    );
    const entry: Entry = { models, refreshAt: clock() + refreshMs, servesUntil: clock() + serveMs, hasFailed: false };
    return entry;
  }
}

function toOffer(provider: Provider, model: Model): ModelOffer {
  const { image, vision, audio, video, tools, reasoning, context_length, pricing } = model;
  return {
    provider: provider.name,
    default: model.default,
    image,
    vision,
    audio,
    video,
    tools,
    reasoning,
    ...(context_length !== undefined && { context_length }),
    ...(pricing && { pricing }),
  };
}

/** What has no name, or one that no request may hold, cannot be asked for. */
export function isNamed({ id }: Model): boolean {
  return id !== "" && id.length <= maxNameLength && !/\p{Cc}/u.test(id);
}

/** A digest, so that no caller's key is kept; and apart, so that no caller sees what another's key opens. */
function keyOf({ name }: Provider, apiKey: string): string {
  return `${name}\n${hexDigestOf(apiKey)}`;
}

/** The operator's choice, else the adapter's if it is listed, else the first that can chat. */
function markDefault(models: readonly Model[], provider: Provider): readonly Model[] {
  const wanted = provider.defaultModel === undefined ? provider.usualModels : [provider.defaultModel];
  const [chosen] = [
    ...wanted.flatMap((name) => findModel(models, name) ?? []),
    ...models.filter((model) => isChatModel(model, provider)),
  ];
  return models.map((model) => ({ ...model, default: model === chosen }));
}
