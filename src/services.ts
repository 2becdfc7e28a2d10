import { mkdirSync } from "node:fs";
import { type Channel, createChannel } from "./channel/channel.ts";
import { ConfigError } from "./config/error.ts";
import type { Config } from "./config/load.ts";
import { keysOf } from "./config/providers.ts";
import { help } from "./help/index.ts";
import type { Clock } from "./lib/clock.ts";
import { createLog, type Log } from "./lib/log.ts";
import { suggestion } from "./lib/nearest.ts";
import { createMediaStore } from "./media/save.ts";
import { createBuiltin } from "./providers/adapters/builtin.ts";
import { createScripted } from "./providers/adapters/scripted.ts";
import { toSections } from "./providers/builtin/sections.ts";
import { type Catalogue, createCatalogue } from "./providers/catalogue.ts";
import { type LocalRuntime, openDiscovery } from "./providers/discovery.ts";
import { createHealth, type Health } from "./routing/health.ts";
import { createLoad, type Load } from "./routing/load.ts";
import { askedModel } from "./routing/asked.ts";
import { createPrices, type PriceOverride } from "./providers/prices.ts";
import type { UpstreamLimits } from "./providers/provider.ts";
import { createQuotas, type Quotas } from "./routing/quotas.ts";
import { createRegistry, isRouterName, noTerms, type Registry, type RegistryEntry } from "./providers/registry.ts";
import { createRouter, type Router } from "./routing/router.ts";
import { createJournal } from "./runs/journal.ts";
import { openRetention, type Retention } from "./runs/retention.ts";
import { createRooms } from "./runs/rooms.ts";
import { createRuns, type Runs } from "./runs/runs.ts";
import { openHelpIndex } from "./store/help.ts";
import { openStore, type Store } from "./store/index.ts";

/** Everything that lives as long as the server; built once, and closed by itself. */
export interface Services extends AsyncDisposable {
  readonly config: Config;
  readonly log: Log;
  readonly store: Store;
  readonly registry: Registry;
  readonly catalogue: Catalogue;
  readonly health: Health;
  readonly load: Load;
  readonly quotas: Quotas;
  readonly router: Router;
  readonly runs: Runs;
  readonly channel: Channel;
  readonly retention: Retention;
  /** Resolves when the first look for local runtimes is over. */
  readonly ready: Promise<void>;
}

export interface ServiceOptions {
  readonly clock?: Clock;
  /** Where log lines go instead of standard error. */
  readonly writeLog?: (line: string) => void;
}

export function openServices(config: Config, { clock = Date.now, writeLog }: ServiceOptions = {}): Services {
  const log = createLog({
    level: config.log_level,
    secrets: config.secrets,
    pretty: process.stderr.isTTY,
    ...(writeLog && { write: writeLog }),
  });
  const store = openDataDirectory(config.data_dir);
  const helpIndex = openHelpIndex(toSections(help));
  const ms = (seconds: number) => seconds * 1000;
  const limits = {
    connectMs: ms(config.connect_timeout),
    isProxied: config.isProxied,
    firstByteMs: ms(config.first_byte_timeout),
    loadMs: ms(config.load_timeout),
    silenceMs: ms(config.silence_timeout),
  };

  const { entries, runtimes } = openProviders(config, limits);
  const advice = () => adviseOn(config, registry, runtimes);
  const ours = { terms: noTerms, isPresent: true };
  const builtin = { ...ours, provider: createBuiltin({ help: helpIndex, advice, clock }), aliases: ["help"] };
  const scripted = { ...ours, provider: createScripted(), aliases: [] };
  const all = [...entries, ...(config.scripted ? [scripted] : []), builtin];
  assertDistinct(all.map(({ provider }) => provider.name));
  const registry = createRegistry(all, config.public_providers);
  assertRoutes(config, registry);
  const prices = createPrices(toPrices(config, registry), (name) => registry.terms(name).vendor);
  // The wall clock may be set back; what is left alone for a while must not be left alone for ever.
  const steady = clock === Date.now ? () => performance.timeOrigin + performance.now() : clock;
  const health = createHealth(steady);
  const load = createLoad((name) => registry.terms(name).limits, steady);
  const quotas = createQuotas(clock);
  const catalogue = createCatalogue({ clock, prices, health });
  const discovery = openDiscovery({
    runtimes: config.discovery ? runtimes : [],
    registry,
    catalogue,
    health,
    log,
    intervalMs: ms(config.discovery_interval),
  });
  const router = createRouter({
    registry,
    catalogue,
    prices,
    health,
    load,
    quotas,
    routes: config.routes,
    strategy: config.router_strategy,
    firstTokenTimeout: config.first_token_timeout,
    hedgeAfter: config.hedge_after,
    random: Math.random,
    ready: discovery.ready,
  });
  const { journal: tables, presence, traces } = store;
  const retention = openRetention({
    tables,
    traces,
    clock,
    log,
    keepMs: ms(config.run_retention),
    maxBytes: config.max_journal,
  });
  const journal = createJournal({ tables, clock, log, isFull: () => retention.isFull });
  const rooms = createRooms();
  const runs = createRuns({
    router,
    health,
    load,
    prices,
    media: createMediaStore({ blobs: store.blobs, table: store.media, clock }),
    usage: store.usage,
    traces,
    journal,
    tables,
    presence,
    clock,
    log,
    maxRuns: config.max_runs,
    limits: { runMs: ms(config.run_timeout), silenceMs: limits.silenceMs, graceMs: ms(config.run_grace) },
    announce: rooms.announce,
  });

  return {
    config,
    log,
    store,
    registry,
    catalogue,
    health,
    load,
    quotas,
    router,
    runs,
    channel: createChannel({ runs, rooms, log }),
    retention,
    ready: discovery.ready,
    async [Symbol.asyncDispose]() {
      await runs.drain(ms(config.drain_timeout));
      retention[Symbol.dispose]();
      await journal[Symbol.asyncDispose]();
      discovery[Symbol.dispose]();
      helpIndex[Symbol.dispose]();
      store[Symbol.dispose]();
    },
  };
}

/** @throws {ConfigError} that names the directory and what to do about it */
function openDataDirectory(path: string): Store {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return openStore(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(
      `the data directory ${path} cannot be used: ${why}. Mend it, or take another with --data-dir`,
    );
  }
}

/** @throws {ConfigError} where a route names a provider that there is not, or cannot be asked for by its own name */
function assertRoutes({ routes }: Config, registry: Registry): void {
  for (const { name, providers } of routes) {
    if (routes.filter((other) => other.name.toLowerCase() === name.toLowerCase()).length > 1)
      throw new ConfigError(`routes: two have the name ${name}`);
    if (askedModel(name.toLowerCase()) === null || isRouterName(name) || name.trim() !== name)
      throw new ConfigError(`routes: ${name} cannot be asked for by that name; choose another`);
    for (const { provider } of providers) findNamed(provider, `routes: ${name}`, registry);
  }
}

/** The operator's prices, with the names of providers as they are spelled. @throws {ConfigError} for one that there is not */
function toPrices({ prices }: Config, registry: Registry): PriceOverride[] {
  return prices.map(({ provider, ...price }) =>
    provider === undefined ? price : { ...price, provider: findNamed(provider, `prices: ${price.model}`, registry) },
  );
}

/** @throws {ConfigError} that proposes the nearest right name */
function findNamed(name: string, where: string, registry: Registry): string {
  const found = registry.find(name);
  if (found) return found.name;
  const known = registry.list().map((provider) => provider.name);
  throw new ConfigError(`${where} names ${name}, and no provider is called so${suggestion(name, known)}`);
}

/** @throws {ConfigError} where a provider of the settings has the name of one of ours */
function assertDistinct(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (isRouterName(name) || seen.has(name.toLowerCase()))
      throw new ConfigError(`providers: the name ${name} is taken; choose another`);
    seen.add(name.toLowerCase());
  }
}

/** The providers of the settings; a local runtime that nobody set up is present only once it is found. */
function openProviders(config: Config, limits: UpstreamLimits): { entries: RegistryEntry[]; runtimes: LocalRuntime[] } {
  const entries: RegistryEntry[] = [];
  const runtimes: LocalRuntime[] = [];
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
    const provider = adapter.open({
      name,
      limits,
      ...(keySetting !== undefined && { keySetting }),
      ...(base_url !== undefined && { baseUrl: base_url }),
      apiKeys: keysOf(each),
      ...(api !== undefined && { api }),
      ...(models && { models }),
      ...(default_model !== undefined && { defaultModel: default_model }),
      ...(headers && { headers }),
    });
    const { localAddress, probePath } = adapter;
    const isLocal = localAddress !== undefined && probePath !== undefined && !isMentioned;
    const isVendors = base_url === undefined || adapter.addressPattern !== undefined;
    entries.push({
      provider,
      aliases: name === adapter.name ? adapter.aliases : [],
      terms: { weight, limits: own, vendor: isVendors ? adapter.name : undefined },
      isPresent: !isLocal,
    });
    if (isLocal) runtimes.push({ provider, address: localAddress, probePath });
  }
  return { entries, runtimes };
}

/** What would make a language model available here and now. */
function adviseOn(config: Config, registry: Registry, runtimes: readonly LocalRuntime[]): string[] {
  const present = registry.list();
  const running = runtimes.filter(({ provider }) => present.includes(provider));
  const missing = runtimes.filter((runtime) => !running.includes(runtime));
  const places = missing.map(({ provider, address }) => `${provider.label} at ${new URL(address).host}`).join(", ");
  const keyless = config.providers.filter((each) => each.adapter.keyNames.length > 0 && keysOf(each).length === 0);
  const keyNames = keyless.slice(0, 3).map(({ adapter }) => `\`${adapter.keyNames[0]}\``);
  const [first] = keyless;
  return [
    ...(first
      ? [
          `Set a key in the environment and start again: ${keyNames.join(", ")} (\`parley providers\` lists them all); or in \`parley.yaml\`.`,
        ]
      : []),
    ...(first ? [`Or send your own key with the question: \`"provider": "${first.name}", "api_key": "…"\`.`] : []),
    ...running.map(
      ({ provider, address }) =>
        `${provider.label} is running at ${new URL(address).host}: ask it with \`"provider": "${provider.name}"\`.`,
    ),
    config.discovery
      ? `Or start a local runtime, which is found within half a minute; not running now: ${places}.`
      : "Or start a local runtime and let it be found: `discovery: true` in `parley.yaml`.",
  ];
}
