import type { ChatRequest } from "../protocol/chat.ts";
import { ApiError } from "../protocol/errors.ts";
import type { Capability } from "../protocol/models.ts";
import type { Considered, Decision, Strategy } from "../protocol/trace.ts";
import { askedModel, needsOf, providerNames, readKeys } from "./asked.ts";
import type { Candidate } from "./candidate.ts";
import type { Catalogue } from "./catalogue.ts";
import { coolingText, createConsider } from "./consider.ts";
import { candidateText, isOption, type Looked, type Outcome, toChoice, toFailure, toMs } from "./decision.ts";
import type { Health } from "./health.ts";
import type { Load } from "./load.ts";
import { type Ask, createOptions, type Option, type Unable } from "./options.ts";
import type { Prices } from "./prices.ts";
import { createPromptSize, type PromptSize } from "./prompt-size.ts";
import type { Provider } from "./provider.ts";
import type { Quotas } from "./quotas.ts";
import { type Registry, routerName } from "./registry.ts";
import type { Route } from "./route.ts";
import { rank } from "./strategy.ts";

/** Who shall answer, in order: the next one is tried when one fails before its first token. */
export interface Plan {
  readonly candidates: readonly [Candidate, ...Candidate[]];
  /** Whether the router chose. */
  readonly isRouted: boolean;
  /** The model that was asked for, `null` for any. */
  readonly asked: string | null;
  /** Why it is so, for the run's log. */
  readonly notes: readonly string[];
  readonly decision: Decision;
}

/** What is known of the question where there is no conversation yet. */
export interface Supposed {
  readonly needs?: readonly Capability[];
  readonly promptTokens?: number;
}

export interface Router {
  /** @throws {ApiError} `provider_not_found`, `model_not_found`, `rate_limited` where all are at their limits */
  plan(request: ChatRequest): Promise<Plan>;
  /** What it would decide now. @throws {ApiError} `provider_not_found` */
  explain(request: Omit<ChatRequest, "messages">, supposed: Supposed): Promise<Decision>;
}

export interface RouterParts {
  readonly registry: Registry;
  readonly catalogue: Catalogue;
  readonly prices: Prices;
  readonly health: Health;
  readonly load: Load;
  readonly quotas: Quotas;
  readonly routes: readonly Route[];
  readonly strategy: Strategy;
  /** In seconds; 0 for none. */
  readonly firstTokenTimeout: number;
  readonly hedgeAfter: number;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Resolves when the first look for local runtimes is over. */
  readonly ready: Promise<unknown>;
}

/** Candidates in order, perhaps none, and how they came about. */
interface Decided extends Omit<Plan, "candidates"> {
  readonly candidates: readonly Candidate[];
  /** Why nobody can answer, where there is none. */
  readonly failure: () => ApiError;
}

interface Asking {
  readonly ask: Ask;
  readonly notes: string[];
  readonly among: number;
}

export function createRouter(parts: RouterParts): Router {
  const { registry, health, load, random, ready } = parts;
  const options = createOptions(parts);
  const consider = createConsider(parts);
  const turns = new Map<string, number>();
  const credits = new Map<Route | undefined, Map<string, number>>();

  return {
    async plan(request) {
      const { failure, candidates, ...rest } = await decide(
        request,
        needsOf(request),
        createPromptSize(request.messages),
      );
      const [first, ...others] = candidates;
      if (first === undefined) throw failure();
      return { candidates: [first, ...others], ...rest };
    },
    async explain(request, { needs = [], promptTokens = 0 }) {
      const prompt = { tokens: promptTokens, exceeds: (tokens: number) => promptTokens > tokens };
      return (await decide({ ...request, messages: [] }, needs, prompt)).decision;
    },
  };

  async function decide(request: ChatRequest, needs: readonly Capability[], prompt: PromptSize): Promise<Decided> {
    const notes: string[] = [];
    const asked = askedModel(request.model);
    const names = providerNames(request.provider, registry);
    const named = [...new Set(names.map(registry.get))];
    const keys = readKeys(request.api_key, named, registry, notes);
    const ask: Ask = { asked, needs, prompt, keys };
    if (named.length > 0) return decideNamed(await options.ofNamed(named, ask), ask, notes);
    await ready;
    const isIgnored = (provider: Provider) =>
      request.ignored?.some((name) => registry.find(name) === provider) ?? false;
    const route = parts.routes.find(({ name }) => name === asked);
    if (route) {
      const targets = route.providers.filter(({ provider }) => !isIgnored(registry.get(provider)));
      return decideRouted(await options.ofRoute(targets, ask), { ask, notes, among: targets.length }, route);
    }
    const able = registry
      .list()
      .filter((provider) => !isIgnored(provider))
      .filter((provider) => registry.isActive(provider) || keys.has(provider));
    const ordinary = able.filter(({ lastResort }) => !lastResort);
    const found = await options.ofAll(ordinary, ask);
    const decided = decideRouted(found, { ask, notes, among: ordinary.length });
    if (decided.candidates.length > 0 || decided.failure().reason === "rate_limited") return decided;
    return orLastResort(
      decided,
      able.filter(({ lastResort }) => lastResort),
      ask,
    );
  }

  /** What answers where there is no language model. */
  async function orLastResort(decided: Decided, resorts: readonly Provider[], ask: Ask): Promise<Decided> {
    const candidates = (await options.ofAll(resorts, { ...ask, needs: [] })).filter(isOption);
    const decision = { ...decided.decision, candidates: candidates.map(toChoice) };
    return { ...decided, isRouted: false, candidates, decision };
  }

  /** Naming a provider asks it even while it cools; of its keys those that do not go first. */
  function decideNamed(found: readonly (Option | Unable)[], ask: Ask, notes: string[]): Decided {
    const considered = found.map((each) => {
      const skip = isOption(each) && each.apiKey === undefined ? load.refusal(each.provider.name) : undefined;
      return { each, skip: isOption(each) ? skip : { why: each.why } };
    });
    for (const { each, skip } of considered) if (skip) notes.push(`${each.provider.name} skipped: ${skip.why}`);
    const candidates = considered.flatMap(({ each, skip }) => (isOption(each) && !skip ? withKeys(each) : []));
    const among = considered.length;
    return toDecided({ considered, candidates, ask, notes, among, isRouted: false, strategy: "order" });
  }

  function decideRouted(found: readonly (Option | Unable)[], asking: Asking, route?: Route): Decided {
    const { ask, notes } = asking;
    const strategy = route?.strategy ?? parts.strategy;
    const considered = found.map((each) => ({ each, skip: isOption(each) ? consider(each, ask) : { why: each.why } }));
    const free = considered.flatMap(({ each, skip }) => (isOption(each) && !skip ? [withStanding(each)] : []));
    const inNeed = considered
      .flatMap(({ each, skip }) => (isOption(each) && skip?.inNeed !== undefined ? [{ each, rank: skip.inNeed }] : []))
      .sort((a, b) => a.rank - b.rank)
      .map(({ each }) => each);
    const ranked = free.length > 0 ? rank(free, strategy, { random, credit: creditOf(route) }) : inNeed;
    const candidates = ranked.flatMap((option) => withKeys(option, notes));
    const told = free.length > 0 ? considered : considered.filter(({ skip }) => skip?.inNeed === undefined);
    for (const { each, skip } of told) if (skip) notes.push(`${each.provider.name} skipped: ${skip.why}`);
    if (candidates.length > 0) notes.unshift(`${routerName}: ${candidates.map(candidateText).join(", then ")}`);
    return toDecided({ ...asking, considered, candidates, isRouted: true, strategy, ...(route && { route }) });
  }

  /** Its keys take turns; those that cool come last, or not at all where others are left. */
  function withKeys(option: Option, notes?: string[]): Candidate[] {
    const { provider, apiKey } = option;
    if (apiKey !== undefined || provider.keyCount < 2) return [option];
    const turn = turns.get(provider.name) ?? 0;
    turns.set(provider.name, (turn + 1) % provider.keyCount);
    const all = Array.from({ length: provider.keyCount }, (_, index) => ({
      ...option,
      keyIndex: (turn + index) % provider.keyCount,
    }));
    const cooling = all.filter((candidate) => health.cooling(candidate));
    const free = all.filter((candidate) => !cooling.includes(candidate));
    if (free.length === 0 || !notes) return [...free, ...cooling];
    for (const candidate of cooling) {
      const found = health.cooling(candidate);
      if (found) notes.push(`${candidateText(candidate)} skipped: ${coolingText(found)}`);
    }
    return free;
  }

  function creditOf(route: Route | undefined): Map<string, number> {
    const credit = credits.get(route) ?? new Map<string, number>();
    credits.set(route, credit);
    return credit;
  }

  function withStanding(option: Option) {
    const { name } = option.provider;
    return {
      ...option,
      key: `${name}/${option.model}`,
      busy: load.busy(name),
      latencyMs: health.latencyMs(name, option.model),
      pricing: option.pricing,
    };
  }

  function toDecided(outcome: Outcome): Decided {
    const { considered, candidates, ask, notes, isRouted, route } = outcome;
    // What is made twice is paid twice, and takes long by its nature.
    const mayHedge = isRouted && candidates.every(({ provider, model }) => !provider.makes?.(model));
    return {
      candidates: candidates.map((candidate) => withDeadline(candidate, route)),
      isRouted,
      asked: ask.asked,
      notes,
      decision: {
        asked: ask.asked,
        route: route?.name ?? null,
        strategy: outcome.strategy,
        first_token_timeout_ms: toMs(route?.first_token_timeout ?? parts.firstTokenTimeout),
        hedge_after_ms: mayHedge ? toMs(route?.hedge_after ?? parts.hedgeAfter) : null,
        candidates: candidates.map(toChoice),
        considered: considered.map(toConsidered),
      },
      failure: () => toFailure(outcome),
    };
  }

  /** A route's own limit holds for every model; the general one not for those that think first, or are loaded first. */
  function withDeadline(candidate: Candidate, route: Route | undefined): Candidate {
    const { provider, model } = candidate;
    const isSlow = provider.makes?.(model) !== undefined || provider.startsSlowly(model);
    const general = isSlow ? 0 : parts.firstTokenTimeout;
    const firstTokenMs = toMs(route?.first_token_timeout ?? general);
    return firstTokenMs === null ? candidate : { ...candidate, firstTokenMs };
  }

  function toConsidered({ each, skip }: Looked): Considered {
    const { name } = each.provider;
    const latencyMs = health.latencyMs(name, isOption(each) ? each.model : undefined);
    return {
      provider: name,
      model: isOption(each) ? each.model : null,
      skipped: skip?.why ?? null,
      latency_ms: latencyMs === undefined ? null : Math.round(latencyMs),
      errors: health.errors(name),
      busy: load.busy(name),
      weight: isOption(each) ? each.weight : registry.terms(name).weight,
      pricing: (isOption(each) && each.pricing) || null,
    };
  }
}
