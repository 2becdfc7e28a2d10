import type { ChatRequest } from "../protocol/chat.ts";
import type { Capability } from "../protocol/models.ts";
import type { Decision } from "../protocol/trace.ts";
import { askedModel, needsOf, providerNames, readKeys } from "./asked.ts";
import { callersAddress, type CallersServers } from "./callers-server.ts";
import type { Candidate } from "./candidate.ts";
import { createDecide, type Decided, type DecideParts } from "./decide.ts";
import { isOption, toChoice } from "./decision.ts";
import { createDraws, type Draws } from "./draws.ts";
import { type Ask, createOptions, type OptionParts } from "./options.ts";
import { createPromptSize, type PromptSize } from "./prompt-size.ts";
import type { Provider } from "../providers/provider.ts";
import type { Route } from "./route.ts";

/** Who shall answer, in order: the next one is tried when one fails before its first token. */
export interface Plan extends Pick<Decided, "isRouted" | "notes" | "decision"> {
  readonly candidates: readonly [Candidate, ...Candidate[]];
}

/** What is supposed of the question where there is no conversation yet. */
export interface Supposed {
  readonly needs?: readonly Capability[];
  readonly promptTokens?: number;
}

export interface Router {
  /**
   * `besides` its messages a question may get more, in tokens: pages of the web are looked for once it is known who reads them.
   *
   * @throws {ApiError} `provider_not_found`, `model_not_found`, `rate_limited` where all are at their limits; for an
   *   address of the caller's own as `CallersServers.open` does
   */
  plan(request: ChatRequest, besides?: number): Promise<Plan>;
  /** What it would decide now; nothing changes by it. @throws {ApiError} `provider_not_found` */
  explain(request: Omit<ChatRequest, "messages">, supposed: Supposed): Promise<Decision>;
}

export interface RouterParts extends OptionParts, DecideParts {
  readonly routes: readonly Route[];
  readonly callersServers: CallersServers;
  /** Resolves when the first look for local runtimes is over. */
  readonly ready: Promise<unknown>;
}

export function createRouter(parts: RouterParts): Router {
  const { registry, routes, ready, callersServers } = parts;
  const options = createOptions(parts);
  const decide = createDecide(parts);
  const draws = createDraws();

  return {
    async plan(request, besides) {
      const prompt = createPromptSize(request.messages, besides);
      const { failure, candidates, ...rest } = await choose(request, needsOf(request), prompt, draws);
      const [first, ...others] = candidates;
      if (first === undefined) throw failure();
      return { candidates: [first, ...others], ...rest };
    },
    async explain(request, { needs = [], promptTokens = 0 }) {
      const prompt = { tokens: promptTokens, isOpen: false, exceeds: (tokens: number) => promptTokens > tokens };
      return (await choose({ ...request, messages: [] }, needs, prompt, draws.copy())).decision;
    },
  };

  async function choose(
    request: ChatRequest,
    needs: readonly Capability[],
    prompt: PromptSize,
    draws: Draws,
  ): Promise<Decided> {
    const notes: string[] = [];
    const asked = askedModel(request.model);
    const named = [...new Set(providerNames(request.provider, registry).map(registry.get))];
    const keys = readKeys(request.api_key, named, registry, notes);
    const address = callersAddress(request);
    const apiKey = named[0] && keys.get(named[0]);
    const option = address && (await callersServers.open(address, named, { model: request.model, apiKey }));
    const ask: Ask = { asked, needs, prompt, keys };
    if (option) return decide.named([option], { ask, notes, draws });
    if (address) notes.push("base_url was not used: it goes with the provider Custom alone");
    if (named.length > 0) return decide.named(await options.ofNamed(named, ask), { ask, notes, draws });

    await ready;
    const ignored = new Set((request.ignored ?? []).map(registry.find));
    const route = routes.find(({ name }) => name === asked);
    if (route) {
      const placed = route.providers.map((target, place) => ({ ...target, place }));
      const targets = placed.filter(({ provider }) => !ignored.has(registry.get(provider)));
      return decide.routed(await options.ofRoute(targets, ask), targets.length, { ask, notes, draws, route });
    }

    const able = registry.list().filter((provider) => registry.isActive(provider) || keys.has(provider));
    const wanted = able.filter((provider) => !ignored.has(provider));
    const ordinary = wanted.filter(({ lastResort }) => !lastResort);
    const decided = decide.routed(await options.ofAll(ordinary, ask), ordinary.length, { ask, notes, draws });
    if (decided.candidates.length > 0 || decided.failure().reason === "rate_limited") return decided;
    const resorts = wanted.filter(({ lastResort }) => lastResort);
    return orLastResort(decided, resorts, ask);
  }

  /** What answers where there is no language model. */
  async function orLastResort(decided: Decided, resorts: readonly Provider[], ask: Ask): Promise<Decided> {
    const candidates = (await options.ofAll(resorts, { ...ask, needs: [] })).filter(isOption);
    const decision = { ...decided.decision, candidates: candidates.map(toChoice) };
    return { ...decided, isRouted: false, candidates, decision };
  }
}
