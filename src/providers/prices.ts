import type { Model, Pricing } from "../protocol/models.ts";
import type { Usage } from "../protocol/events.ts";
import { lookUp } from "../lib/lookup.ts";
import { toPricing } from "./pricing.ts";
import table from "./prices.json";

/** What a model costs and how much it reads, where its vendor's list does not say. */
export interface Prices {
  /**
   * The operator's price for one of these names, else the one that is listed, else the table's. The names are of one
   * model: as it answers, and as it was asked for.
   */
  find(provider: string, names: readonly string[], listed?: Pricing): Pricing | undefined;
  contextLength(provider: string, model: string): number | undefined;
  /** A model of a list, with what the list does not say. */
  complete(provider: string, model: Model): Model;
}

/** A price that the operator set. `model` is the whole name, or ends in `*`. */
export interface PriceOverride extends Pricing {
  readonly model: string;
  /** Of this provider alone. */
  readonly provider?: string | undefined;
}

type Row = readonly number[];
type Table<T> = Readonly<Record<string, Readonly<Record<string, T>>>>;

const prices: Table<Row> = table.models;
const contexts: Table<number> = table.context;

/** `vendorOf`: whose list holds for a provider; `undefined` for one at an address of somebody else's. */
export function createPrices(
  overrides: readonly PriceOverride[],
  vendorOf: (provider: string) => string | undefined,
): Prices {
  const first = <T>(names: readonly string[], of: (name: string) => T | undefined) =>
    names.map(of).find((found) => found !== undefined);
  const find: Prices["find"] = (provider, names, listed) => {
    const isOf = (each: PriceOverride) => each.provider === undefined || each.provider === provider;
    const set = first(names, (name) => overrides.find((each) => isOf(each) && isNamed(name, each.model)));
    if (set) return toPricing(set.input, set.output, set.cached_input);
    const [input, output, cached] = first(names, (name) => inTable(prices, vendorOf(provider), name)) ?? [];
    return listed ?? toPricing(input, output, cached);
  };
  const contextLength: Prices["contextLength"] = (provider, model) => inTable(contexts, vendorOf(provider), model);
  return {
    find,
    contextLength,
    complete(provider, model) {
      const pricing = find(provider, [model.id], model.pricing);
      const context = model.context_length ?? contextLength(provider, model.id);
      return { ...model, ...(pricing && { pricing }), ...(context !== undefined && { context_length: context }) };
    },
  };
}

/** In US dollars. What came from the vendor's cache costs as much as the rest where nothing else is known. */
export function costOf({ prompt_tokens, completion_tokens, prompt_tokens_details }: Usage, pricing: Pricing): number {
  const cached = Math.min(prompt_tokens_details?.cached_tokens ?? 0, prompt_tokens);
  const read = (prompt_tokens - cached) * pricing.input + cached * (pricing.cached_input ?? pricing.input);
  // Twelve digits: sums of decimal fractions otherwise end in noise.
  return Number(((read + completion_tokens * pricing.output) / 1e6).toPrecision(12));
}

/**
 * A version's date, and what marks its stage: the vendors price a model under its name without them. Shorter dates tell
 * apart what is priced apart.
 */
const endings = /-(\d{4}-\d{2}-\d{2}|\d{8}|latest|preview(-[\d-]+)?)$/;

function inTable<T>(of: Table<T>, vendor: string | undefined, model: string): T | undefined {
  const list = lookUp(of, vendor);
  return list && (lookUp(list, model) ?? lookUp(list, model.replace(endings, "")));
}

function isNamed(model: string, pattern: string): boolean {
  return pattern.endsWith("*") ? model.startsWith(pattern.slice(0, -1)) : model === pattern;
}
