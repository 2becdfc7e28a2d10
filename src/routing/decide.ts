import type { ApiError } from "../protocol/errors.ts";
import type { Catalogue } from "../providers/catalogue.ts";
import type { Considered, Decision, Strategy } from "../protocol/trace.ts";
import { type Candidate, isOurs } from "./candidate.ts";
import { createConsider } from "./consider.ts";
import { candidateText, isOption, type Looked, type Outcome, toChoice, toFailure, toMs } from "./decision.ts";
import type { Draws } from "./draws.ts";
import type { Health } from "./health.ts";
import { withKeys } from "./keys.ts";
import type { Load } from "./load.ts";
import type { Ask, Option, Unable } from "./options.ts";
import type { Quotas } from "./quotas.ts";
import { type Registry, routerName } from "../providers/registry.ts";
import type { Route } from "./route.ts";
import { rank } from "./strategy.ts";

/** Candidates in order, perhaps none, and how they came about. */
export interface Decided {
  readonly candidates: readonly Candidate[];
  /** Whether the router chose. */
  readonly isRouted: boolean;
  /** Why it is so, for the run's log. */
  readonly notes: readonly string[];
  readonly decision: Decision;
  /** Why nobody can answer, where there is none. */
  readonly failure: () => ApiError;
}

/** One decision that is being made. */
export interface Deciding {
  readonly ask: Ask;
  readonly notes: string[];
  readonly draws: Draws;
  readonly route?: Route | undefined;
}

export interface DecideParts {
  readonly registry: Registry;
  readonly catalogue: Catalogue;
  readonly health: Health;
  readonly load: Load;
  readonly quotas: Quotas;
  readonly strategy: Strategy;
  /** In seconds; 0 for none. */
  readonly firstTokenTimeout: number;
  readonly hedgeAfter: number;
  /** From 0 to below 1. */
  readonly random: () => number;
}

type Found = Option | Unable;

/** Chooses among those who could answer, and orders them. */
export function createDecide(parts: DecideParts) {
  const { registry, catalogue, health, load, random } = parts;
  const consider = createConsider(parts);

  return {
    /** Naming a provider asks it even while it cools; of its keys those that do not go first. */
    named(found: readonly Found[], { ask, notes, draws }: Deciding): Decided {
      const considered = found.map((each) => looked(each, (option) => fullness(option)));
      for (const { each, skip } of considered) if (skip) notes.push(`${each.provider.name} skipped: ${skip.why}`);
      const able = considered.flatMap(({ each, skip }) => (isOption(each) && !skip ? [each] : []));
      const candidates = withKeys(able, draws, health);
      const among = considered.length;
      return toDecided({ considered, candidates, ask, among, isRouted: false, strategy: "order", names }, notes);
    },

    /** `among`: how many there were to choose from. */
    routed(found: readonly Found[], among: number, { ask, notes, draws, route }: Deciding): Decided {
      const strategy = route?.strategy ?? parts.strategy;
      const considered = found.map((each) => looked(each, (option) => consider(option, ask)));
      const free = considered.flatMap(({ each, skip }) => (isOption(each) && !skip ? [withStanding(each)] : []));
      const ranked =
        free.length > 0 ? rank(free, strategy, { random, credit: draws.creditOf(route) }) : inNeed(considered);
      const candidates = withKeys(ranked, draws, health, (note) => void notes.push(note));
      for (const { each, skip } of considered)
        if (skip && (free.length > 0 || skip.inNeed === undefined))
          notes.push(`${each.provider.name} skipped: ${skip.why}`);
      if (candidates.length > 0) notes.unshift(`${routerName}: ${candidates.map(candidateText).join(", then ")}`);
      return toDecided({ considered, candidates, ask, among, isRouted: true, strategy, route, names }, notes);
    },
  };

  function names(): string[] {
    const ordinary = registry.list().filter((provider) => registry.isActive(provider) && !provider.lastResort);
    return [...new Set(ordinary.flatMap(catalogue.names))];
  }

  function looked(each: Found, skipOf: (option: Option) => Looked["skip"]): Looked {
    return { each, skip: isOption(each) ? skipOf(each) : { why: each.why } };
  }

  function fullness(option: Option): Looked["skip"] {
    return isOurs(option) ? load.refusal(option.provider.name) : undefined;
  }

  /** Those that are taken when nobody else is left. */
  function inNeed(considered: readonly Looked[]): Option[] {
    return considered
      .flatMap(({ each, skip }) => (isOption(each) && skip?.inNeed !== undefined ? [{ each, need: skip.inNeed }] : []))
      .sort((a, b) => a.need - b.need)
      .map(({ each }) => each);
  }

  function withStanding(option: Option) {
    const { name } = option.provider;
    const latencyMs = health.latencyMs(name, option.model);
    return {
      ...option,
      key: `${option.place ?? name}/${option.model}`,
      busy: load.busy(name),
      latencyMs,
    };
  }

  function toDecided(outcome: Outcome, notes: readonly string[]): Decided {
    const { considered, ask, isRouted, strategy, route } = outcome;
    const candidates = outcome.candidates.map((candidate) => withDeadline(candidate, route));
    // What is made twice is paid twice, and takes long by its nature.
    const mayHedge = isRouted && candidates.every(({ provider, model }) => !provider.makes?.(model));
    return {
      candidates,
      isRouted,
      notes,
      decision: {
        asked: ask.asked,
        route: route?.name ?? null,
        strategy,
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
