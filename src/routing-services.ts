import type { Config } from "./config/load.ts";
import type { Clock } from "./lib/clock.ts";
import type { Log } from "./lib/log.ts";
import { openProviderKeys, type ProviderKeys } from "./provider-keys.ts";
import { openProviderServices, type ProviderServices } from "./provider-services.ts";
import { custom } from "./providers/adapters/custom.ts";
import type { ProviderOptions, UpstreamLimits, UpstreamWatch } from "./providers/provider.ts";
import { createCallersServers } from "./routing/callers-server.ts";
import { createRouter, type Router } from "./routing/router.ts";
import { type Guard, parseAddress } from "./search/guard.ts";
import type { ProviderKeyTable } from "./store/provider-keys.ts";

/** Who may be asked, with which keys, and who of them is. */
export interface RoutingServices extends Disposable {
  /** How long providers are waited for. */
  readonly limits: UpstreamLimits;
  readonly providers: ProviderServices;
  readonly providerKeys: ProviderKeys;
  readonly router: Router;
  /** Resolves when the first look for local runtimes is over, and entered keys are in force. */
  readonly ready: Promise<void>;
}

export interface RoutingServicesParts {
  readonly config: Config;
  readonly cookies: ProviderOptions["cookies"];
  readonly keyTable: ProviderKeyTable;
  /** Judges the servers that callers name. */
  readonly guard: Guard;
  /** What no log may show: entered keys join it. */
  readonly secrets: Set<string>;
  /** Is told of every request to a provider. */
  readonly watch: UpstreamWatch;
  readonly clock: Clock;
  readonly log: Log;
}

export function openRoutingServices(parts: RoutingServicesParts): RoutingServices {
  const { config, cookies, keyTable, guard, secrets, watch, clock, log } = parts;
  const closing = new DisposableStack();
  const limits = toLimits(config, watch);
  const providers = closing.use(openProviderServices({ config, limits, cookies, clock, log }));
  const providerKeys = closing.use(openProviderKeys({ ...providers, table: keyTable, secrets, clock, log }));
  const ready = Promise.all([providers.ready, providerKeys.ready]).then(() => {});
  const { registry, catalogue, prices, health, load, quotas } = providers;
  const router = createRouter({
    registry,
    catalogue,
    prices,
    health,
    load,
    quotas,
    routes: config.routes,
    callersServers: createCallersServers({
      adapter: custom,
      limits,
      async judge(address, signal) {
        const url = parseAddress(address);
        return { url, ips: await guard.judge(url, signal) };
      },
    }),
    strategy: config.router_strategy,
    firstTokenTimeout: config.first_token_timeout,
    hedgeAfter: config.hedge_after,
    random: Math.random,
    ready,
  });
  return { limits, providers, providerKeys, router, ready, [Symbol.dispose]: () => closing.dispose() };
}

function toLimits(config: Config, watch: UpstreamWatch): UpstreamLimits {
  const ms = (seconds: number) => seconds * 1000;
  return {
    connectMs: ms(config.connect_timeout),
    isProxied: config.isProxied,
    firstByteMs: ms(config.first_byte_timeout),
    loadMs: ms(config.load_timeout),
    silenceMs: ms(config.silence_timeout),
    watch,
  };
}
