import { suggestion } from "../lib/nearest.ts";
import { ApiError } from "../protocol/errors.ts";
import { anthropic } from "./adapters/anthropic.ts";
import { azureOpenai } from "./adapters/azure-openai.ts";
import { cerebras } from "./adapters/cerebras.ts";
import { cloudflare } from "./adapters/cloudflare.ts";
import { cohere } from "./adapters/cohere.ts";
import { custom } from "./adapters/custom.ts";
import { deepinfra } from "./adapters/deepinfra.ts";
import { deepseek } from "./adapters/deepseek.ts";
import { elevenlabs } from "./adapters/elevenlabs.ts";
import { espeakNg } from "./adapters/espeak-ng.ts";
import { fireworks } from "./adapters/fireworks.ts";
import { gemini } from "./adapters/gemini.ts";
import { groq } from "./adapters/groq.ts";
import { huggingface } from "./adapters/huggingface.ts";
import { jan } from "./adapters/jan.ts";
import { llamaCpp } from "./adapters/llama-cpp.ts";
import { llm7 } from "./adapters/llm7.ts";
import { lmStudio } from "./adapters/lm-studio.ts";
import { mistral } from "./adapters/mistral.ts";
import { nvidia } from "./adapters/nvidia.ts";
import { ollama } from "./adapters/ollama.ts";
import { openai } from "./adapters/openai.ts";
import { openrouter } from "./adapters/openrouter.ts";
import { ovhcloud } from "./adapters/ovhcloud.ts";
import { perplexity } from "./adapters/perplexity.ts";
import { pollinations } from "./adapters/pollinations.ts";
import { replicate } from "./adapters/replicate.ts";
import { sambanova } from "./adapters/sambanova.ts";
import { together } from "./adapters/together.ts";
import { vllm } from "./adapters/vllm.ts";
import { xai } from "./adapters/xai.ts";
import type { Adapter, Provider } from "./provider.ts";

/**
 * Every adapter, in the order in which the router prefers them.
 * To add one: write its file, list it here, record its answers under `test/fixtures/providers/`.
 */
export const adapters: readonly Adapter[] = [
  openai,
  anthropic,
  gemini,
  azureOpenai,
  mistral,
  xai,
  deepseek,
  groq,
  cerebras,
  openrouter,
  together,
  fireworks,
  cohere,
  perplexity,
  nvidia,
  huggingface,
  deepinfra,
  sambanova,
  cloudflare,
  replicate,
  elevenlabs,
  custom,
  ollama,
  lmStudio,
  llamaCpp,
  vllm,
  jan,
  pollinations,
  ovhcloud,
  llm7,
  espeakNg,
];

/** The router's name on the wire. */
export const routerName = "AnyProvider";

export function isRouterName(name: string): boolean {
  return name.toLowerCase() === routerName.toLowerCase() || name.toLowerCase() === "auto";
}

/** What a provider is not asked beyond; whatever is left out has no limit. */
export interface Limits {
  readonly concurrent?: number | undefined;
  readonly requests_per_minute?: number | undefined;
  readonly tokens_per_minute?: number | undefined;
}

/** What the operator set for a provider beside what its adapter needs. */
export interface Terms {
  /** Its share where answers are spread by weight. */
  readonly weight: number;
  readonly limits: Limits;
  /** The vendor whose prices hold; `undefined` at an address of somebody else's. */
  readonly vendor: string | undefined;
  /** Where the operator put it, or where a local runtime is looked for: `http://127.0.0.1:8000`. */
  readonly origin?: string | undefined;
}

export const noTerms: Terms = { weight: 1, limits: {}, vendor: undefined };

export interface RegistryEntry {
  provider: Provider;
  /** Other names that find it. */
  readonly aliases: readonly string[];
  readonly terms: Terms;
  /** False while a local runtime is not running: it can be named, and is neither listed nor routed to. */
  isPresent: boolean;
}

export interface Registry {
  /** Those that are present, in the router's order. */
  list(): readonly Provider[];
  /** Whether it is used by those who name nobody: it is set up, and not left alone as a public one. */
  isActive(provider: Provider): boolean;
  /** Whether it could be asked by its name, without a caller's own key: it is set up, and running where it is local. */
  canBeAsked(provider: Provider): boolean;
  /** By name exactly, then without regard to case, then by label or alias. Never by a part of a name. */
  find(name: string): Provider | undefined;
  /** The one of that name; for the router's, or none, all that are active. @throws {ApiError} `provider_not_found` */
  select(name?: string): readonly Provider[];
  /** @throws {ApiError} `provider_not_found` */
  get(name: string): Provider;
  terms(name: string): Terms;
  /** Local runtimes that are known and not running. */
  listAbsent(): readonly Provider[];
  setPresent(name: string, isPresent: boolean): void;
  /** Puts it in the place of the one of its name, as with another key; who is asking that one goes on. */
  replace(provider: Provider): void;
}

/** `takesPublic`: whether those that answer strangers are used without being named. */
export function createRegistry(entries: readonly RegistryEntry[], takesPublic = false): Registry {
  // The first that has a name keeps it: exact names before others, and those before labels and aliases.
  const byName = new Map(entries.toReversed().map((entry) => [entry.provider.name, entry]));
  const folded = new Map<string, RegistryEntry>();
  const add = (name: string, entry: RegistryEntry) => {
    if (!folded.has(name.toLowerCase())) folded.set(name.toLowerCase(), entry);
  };
  for (const entry of entries) add(entry.provider.name, entry);
  for (const entry of entries) for (const other of [entry.provider.label, ...entry.aliases]) add(other, entry);
  const find = (name: string) => byName.get(name) ?? folded.get(name.toLowerCase());
  const list = () => entries.filter(({ isPresent }) => isPresent).map(({ provider }) => provider);
  const get = (name: string) => {
    const entry = find(name);
    if (entry) return entry.provider;
    const near = suggestion(
      name.slice(0, 60),
      entries.map(({ provider }) => provider.name),
    );
    const cure = near || "; GET /backend-api/v2/providers and `parley providers` list them";
    throw new ApiError("provider_not_found", `no provider is called ${JSON.stringify(name.slice(0, 60))}${cure}`);
  };
  const isActive = ({ configured, isPublic }: Provider) => configured && (takesPublic || !isPublic);
  return {
    list,
    isActive,
    canBeAsked: (provider) => provider.configured && list().includes(provider),
    find: (name) => find(name)?.provider,
    get,
    select: (name = "") => (name === "" || isRouterName(name) ? list().filter(isActive) : [get(name)]),
    terms: (name) => find(name)?.terms ?? noTerms,
    listAbsent: () => entries.filter(({ isPresent }) => !isPresent).map(({ provider }) => provider),
    setPresent(name, isPresent) {
      const entry = find(name);
      if (entry) entry.isPresent = isPresent;
    },
    replace(provider) {
      const entry = byName.get(provider.name);
      if (entry) entry.provider = provider;
    },
  };
}

export function findAdapter(name: string): Adapter | undefined {
  const is = (other: string) => other.toLowerCase() === name.toLowerCase();
  return adapters.find((adapter) => is(adapter.name) || adapter.aliases.some(is));
}
