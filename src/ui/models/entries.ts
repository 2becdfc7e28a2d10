import type { Model, ModelOffer, ModelSummary, ProviderInfo } from "../../protocol/models.ts";
import { hasWords } from "../parts/has-words.ts";
import type { ModelChoice } from "../state/ask-options.ts";

/** What can be chosen to answer. */
export interface ModelEntry {
  /** Its choice as one word, by which favourites are remembered. */
  readonly key: string;
  readonly choice: ModelChoice;
  readonly label: string;
  readonly maker: string;
  /** What it is listed under. */
  readonly group: string;
  readonly provider: ProviderInfo | undefined;
  readonly offer: ModelOffer | undefined;
  /** What is searched, in lower case. */
  readonly words: string;
}

/** What the list shows: headings, and entries by their place among all entries. */
export type ListRow =
  | { readonly kind: "heading"; readonly label: string }
  | { readonly kind: "entry"; readonly entry: ModelEntry; readonly index: number };

/** The router's own name, under which its routes are listed. */
export const routerName = "AnyProvider";

export const autoEntry: ModelEntry = {
  key: "auto",
  choice: {},
  label: "Auto",
  maker: "",
  group: "",
  provider: undefined,
  offer: undefined,
  words: "auto router",
};

export function keyOf({ provider, model }: ModelChoice): string {
  return provider === undefined && model === undefined ? "auto" : `${provider ?? ""}/${model ?? ""}`;
}

/** Models of a provider that this browser has a key for, or whose owner has agreed to be asked. */
export interface OwnModels {
  readonly provider: string;
  readonly models: readonly Model[];
}

/** All that can be chosen, in the order of the providers; the same model of the same provider once. */
export function toEntries(
  summaries: readonly ModelSummary[],
  own: readonly OwnModels[],
  providers: readonly ProviderInfo[],
): ModelEntry[] {
  const byName = new Map(providers.map((provider) => [provider.name, provider]));
  const entries = new Map<string, ModelEntry>();
  const add = (provider: string, model: Pick<ModelSummary, "name" | "label" | "maker">, offer?: ModelOffer) => {
    const entry = toEntry(provider, model, byName.get(provider), offer);
    if (!entries.has(entry.key)) entries.set(entry.key, entry);
  };
  for (const summary of summaries) {
    if (summary.providers.includes(routerName)) add(routerName, summary);
    for (const offer of summary.offers ?? []) add(offer.provider, summary, offer);
  }
  for (const { provider, models } of own)
    for (const { id, label, ...offer } of models) add(provider, { name: id, label }, { ...offer, provider });
  const places = new Map(providers.map(({ name }, index) => [name, index]));
  const placeOf = ({ provider }: ModelEntry) => places.get(provider?.name ?? "") ?? -1;
  return [autoEntry, ...[...entries.values()].sort((one, other) => placeOf(one) - placeOf(other))];
}

function toEntry(
  name: string,
  model: Pick<ModelSummary, "name" | "label" | "maker">,
  provider: ProviderInfo | undefined,
  offer: ModelOffer | undefined,
): ModelEntry {
  const isRoute = name === routerName;
  const choice = { ...(!isRoute && { provider: name }), model: model.name };
  const group = isRoute ? "Routes" : provider ? titleOf(provider) : name;
  const maker = model.maker === "Other" ? "" : (model.maker ?? "");
  return {
    key: keyOf(choice),
    choice,
    label: model.label,
    maker,
    group,
    provider: isRoute ? undefined : provider,
    offer,
    words: `${model.name} ${model.label} ${maker} ${group} ${name}`.toLowerCase(),
  };
}

/** Those that have every word of what was typed. */
export function search(entries: readonly ModelEntry[], typed: string): ModelEntry[] {
  const isFound = hasWords(typed);
  return entries.filter(({ words }) => isFound(words));
}

/** The router first, then the favourites, then the rest as they come. */
export function inOrder(entries: readonly ModelEntry[], favourites: readonly string[]): ModelEntry[] {
  const places = new Map(favourites.map((key, index) => [key, index]));
  const chosen = entries
    .filter(({ key }) => places.has(key))
    .sort((one, other) => (places.get(one.key) ?? 0) - (places.get(other.key) ?? 0));
  const rest = entries.filter(({ key }) => !places.has(key) && key !== "auto");
  return [...entries.filter(({ key }) => key === "auto"), ...chosen, ...rest];
}

/** With a heading before each group. */
export function toRows(ordered: readonly ModelEntry[], favourites: readonly string[]): ListRow[] {
  const known = new Set(favourites);
  let last = "";
  return ordered.flatMap((entry, index): ListRow[] => {
    const group = known.has(entry.key) ? "Favourites" : entry.group;
    const rows: ListRow[] = group === last ? [] : [{ kind: "heading", label: group }];
    last = group;
    return [...rows, { kind: "entry", entry, index }];
  });
}

/** Whether it is a language model, rather than the router, the built-in assistant, or what makes pictures and sound alone. */
export function answersChats({ key, provider, offer }: ModelEntry): boolean {
  if (key === "auto" || provider?.last_resort) return false;
  return offer === undefined || offer.tools || !(offer.image || offer.audio || offer.video);
}

type Listed = Pick<ProviderInfo, "name" | "label" | "last_resort">;

/** A name of the operator's own says more than the vendor's label, which several may have. */
export function titleOf({ name, label, last_resort: isOurs }: Listed): string {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  return isOurs || plain(name) === plain(label) ? label : name;
}
