import { adviseOn } from "./advice.ts";
import type { Config } from "./config/load.ts";
import { help } from "./help/index.ts";
import { assertDistinct, assertRoutes, type KeyedInstance, openInstances, toPrices } from "./instances.ts";
import { type Clock, toSteadyClock } from "./lib/clock.ts";
import { lazily } from "./lib/lazily.ts";
import type { Log } from "./lib/log.ts";
import { createBuiltin } from "./providers/adapters/builtin.ts";
import { createScripted } from "./providers/adapters/scripted.ts";
import { toSections } from "./providers/builtin/sections.ts";
import { type Catalogue, createCatalogue } from "./providers/catalogue.ts";
import { openDiscovery } from "./providers/discovery.ts";
import { createPrices, type Prices } from "./providers/prices.ts";
import type { ProviderOptions, UpstreamLimits } from "./providers/provider.ts";
import { createRegistry, noTerms, type Registry } from "./providers/registry.ts";
import { createHealth, type Health } from "./routing/health.ts";
import { createLoad, type Load } from "./routing/load.ts";
import { createQuotas, type Quotas } from "./routing/quotas.ts";
import { openHelpIndex } from "./store/help.ts";

/** Who may be asked, and what is known of them. */
export interface ProviderServices extends Disposable {
  readonly registry: Registry;
  readonly catalogue: Catalogue;
  readonly prices: Prices;
  readonly health: Health;
  readonly load: Load;
  readonly quotas: Quotas;
  /** What would make more models available, in sentences. */
  readonly advice: () => string[];
  /** Those that a key can be entered for. */
  readonly keyed: readonly KeyedInstance[];
  /** Resolves when the first look for local runtimes is over. */
  readonly ready: Promise<void>;
}

export interface ProviderServicesParts {
  readonly config: Config;
  readonly limits: UpstreamLimits;
  readonly cookies: ProviderOptions["cookies"];
  readonly clock: Clock;
  readonly log: Log;
}

export function openProviderServices({ config, limits, cookies, clock, log }: ProviderServicesParts): ProviderServices {
  const closing = new DisposableStack();
  // 87 KB of words, which takes as long as to open the database.
  const helpIndex = lazily(() => closing.use(openHelpIndex(toSections(help))));
  const { entries, runtimes, keyed } = openInstances(config, limits, cookies);
  const advice = () => adviseOn(config, registry, runtimes);
  const ours = { terms: noTerms, isPresent: true };
  const builtin = { ...ours, provider: createBuiltin({ help: helpIndex, advice, clock }), aliases: ["help"] };
  const scripted = { ...ours, provider: createScripted(), aliases: [] };
  const all = [...entries, ...(config.scripted ? [scripted] : []), builtin];
  assertDistinct(all.map(({ provider }) => provider.name));
  const registry = createRegistry(all, config.public_providers);
  assertRoutes(config, registry);
  const prices = createPrices(toPrices(config, registry), (name) => registry.terms(name).vendor);
  const steady = toSteadyClock(clock);
  const health = createHealth(steady, clock);
  const catalogue = createCatalogue({ clock: steady, prices, health });
  const discovery = closing.use(
    openDiscovery({
      runtimes: config.discovery ? runtimes : [],
      registry,
      catalogue,
      health,
      log,
      intervalMs: config.discovery_interval * 1000,
    }),
  );
  return {
    registry,
    catalogue,
    prices,
    health,
    load: createLoad((name) => registry.terms(name).limits, steady),
    quotas: createQuotas(steady),
    advice,
    keyed,
    ready: discovery.ready,
    [Symbol.dispose]: () => closing.dispose(),
  };
}
