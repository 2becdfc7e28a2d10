import { ConfigError } from "./config/error.ts";
import type { Config } from "./config/load.ts";
import { keysOf } from "./config/providers.ts";
import { suggestion } from "./lib/nearest.ts";
import type { LocalRuntime } from "./providers/discovery.ts";
import type { PriceOverride } from "./providers/prices.ts";
import type { Adapter, Provider, ProviderOptions, UpstreamLimits } from "./providers/provider.ts";
import { isRouterName, type Registry, type RegistryEntry } from "./providers/registry.ts";
import { askedModel } from "./routing/asked.ts";

/** A provider that a key can be entered for while the server runs. */
export interface KeyedInstance {
  readonly name: string;
  /** Where the operator sets its key: `OPENAI_API_KEY`. */
  readonly setting: string;
  /** Whether the operator has: then no other counts. */
  readonly isSet: boolean;
  /** With this key, or as the settings have it. */
  open(key?: string): Provider;
}

/** How a person mends a key that was entered in the page. */
const enteredSetting = "another key on the page Models and keys";

/** The providers of the settings; a local runtime that nobody set up is present only once it is found. */
export function openInstances(
  config: Config,
  limits: UpstreamLimits,
  cookies: ProviderOptions["cookies"],
): { entries: RegistryEntry[]; runtimes: LocalRuntime[]; keyed: KeyedInstance[] } {
  const entries: RegistryEntry[] = [];
  const runtimes: LocalRuntime[] = [];
  const keyed: KeyedInstance[] = [];
  for (const each of config.providers) {
    const {
      adapter,
      name,
      isMentioned,
      keySetting,
      base_url,
      models,
      default_model,
      headers,
      api,
      weight = 1,
      limits: own = {},
    } = each;
    const open = (entered?: string) => {
      const setting = entered === undefined ? keySetting : enteredSetting;
      return adapter.open({
        name,
        limits,
        ...(setting !== undefined && { keySetting: setting }),
        ...(base_url !== undefined && { baseUrl: base_url }),
        apiKeys: entered === undefined ? keysOf(each) : [entered],
        ...(api !== undefined && { api }),
        ...(models && { models }),
        ...(default_model !== undefined && { defaultModel: default_model }),
        ...(headers && { headers }),
        cookies,
        programPath: config.programPath,
      });
    };
    const provider = open();
    if (adapter.keyNames.length > 0 && keySetting !== undefined)
      keyed.push({ name, setting: keySetting, isSet: keysOf(each).length > 0, open });
    const runtime = isMentioned ? undefined : toRuntime(provider, adapter);
    const isVendors = base_url === undefined || adapter.addressPattern !== undefined;
    entries.push({
      provider,
      aliases: name === adapter.name ? adapter.aliases : [],
      terms: {
        weight,
        limits: own,
        vendor: isVendors ? adapter.name : undefined,
        origin: toOrigin(base_url ?? adapter.localAddress),
      },
      isPresent: runtime === undefined,
    });
    if (runtime) runtimes.push(runtime);
  }
  return { entries, runtimes, keyed };
}

function toOrigin(address: string | undefined): string | undefined {
  return address !== undefined && URL.canParse(address) ? new URL(address).origin : undefined;
}

/** What is to be looked for on this machine, where it is something that may be there. */
function toRuntime(
  provider: Provider,
  { localAddress: address, probePath, isProgram }: Adapter,
): LocalRuntime | undefined {
  if (address !== undefined && probePath !== undefined) return { provider, address, probePath };
  return isProgram ? { provider } : undefined;
}

/** @throws {ConfigError} where a route names a provider that there is not, or cannot be asked for by its own name */
export function assertRoutes({ routes }: Config, registry: Registry): void {
  for (const { name, providers } of routes) {
    if (routes.filter((other) => other.name.toLowerCase() === name.toLowerCase()).length > 1)
      throw new ConfigError(`routes: two have the name ${name}`);
    if (askedModel(name.toLowerCase()) === null || isRouterName(name) || name.trim() !== name)
      throw new ConfigError(`routes: ${name} cannot be asked for by that name; choose another`);
    for (const { provider } of providers) findNamed(provider, `routes: ${name}`, registry);
  }
}

/** The operator's prices, with the names of providers as they are spelled. @throws {ConfigError} for one that there is not */
export function toPrices({ prices }: Config, registry: Registry): PriceOverride[] {
  return prices.map(({ provider, ...price }) =>
    provider === undefined ? price : { ...price, provider: findNamed(provider, `prices: ${price.model}`, registry) },
  );
}

/** @throws {ConfigError} where a provider of the settings has the name of one of ours */
export function assertDistinct(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (isRouterName(name) || seen.has(name.toLowerCase()))
      throw new ConfigError(`providers: the name ${name} is taken; choose another`);
    seen.add(name.toLowerCase());
  }
}

/** @throws {ConfigError} that proposes the nearest right name */
function findNamed(name: string, where: string, registry: Registry): string {
  const found = registry.find(name);
  if (found) return found.name;
  const known = registry.list().map((provider) => provider.name);
  throw new ConfigError(`${where} names ${name}, and no provider is called so${suggestion(name, known)}`);
}
