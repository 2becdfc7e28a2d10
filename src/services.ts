import { mkdirSync } from "node:fs";
import { type Channel, createChannel } from "./channel/channel.ts";
import { ConfigError } from "./config/error.ts";
import type { Config } from "./config/load.ts";
import { adviseOn } from "./advice.ts";
import type { Buckets } from "./files/buckets.ts";
import { openFileServices } from "./file-services.ts";
import { help } from "./help/index.ts";
import { assertDistinct, assertRoutes, openInstances, toPrices } from "./instances.ts";
import type { Clock } from "./lib/clock.ts";
import { createLog, type Log } from "./lib/log.ts";
import { type MediaLibrary, openMediaLibrary } from "./media/library.ts";
import { createBuiltin } from "./providers/adapters/builtin.ts";
import { custom } from "./providers/adapters/custom.ts";
import { createScripted } from "./providers/adapters/scripted.ts";
import { toSections } from "./providers/builtin/sections.ts";
import { type Catalogue, createCatalogue } from "./providers/catalogue.ts";
import { openDiscovery } from "./providers/discovery.ts";
import { createCallersServers } from "./routing/callers-server.ts";
import { createHealth, type Health } from "./routing/health.ts";
import { createLoad, type Load } from "./routing/load.ts";
import { createPrices } from "./providers/prices.ts";
import { createQuotas, type Quotas } from "./routing/quotas.ts";
import { createRegistry, noTerms, type Registry } from "./providers/registry.ts";
import { createRouter, type Router } from "./routing/router.ts";
import type { BringInParts } from "./runs/attachments/bring-in.ts";
import { createDownloads } from "./runs/downloads.ts";
import { createTasks } from "./routing/tasks.ts";
import { createJournal } from "./runs/journal.ts";
import { openRetention, type Retention } from "./runs/retention.ts";
import { createRooms } from "./runs/rooms.ts";
import { createRuns, type Runs } from "./runs/runs.ts";
import { createGuard, parseAddress } from "./search/guard.ts";
import { createPages, type Pages } from "./search/page.ts";
import { createResolve } from "./search/resolve.ts";
import { createSpeeches, type Speeches } from "./runs/speech.ts";
import { createTranscriber, type Transcriber } from "./runs/transcriber.ts";
import { openHelpIndex } from "./store/help.ts";
import { openStore, type Store } from "./store/index.ts";
import { version } from "./version.ts";

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
  readonly speeches: Speeches;
  readonly transcriber: Transcriber;
  readonly channel: Channel;
  readonly pages: Pages;
  readonly buckets: Buckets;
  /** What messages name beside their own words. */
  readonly attachments: BringInParts;
  readonly retention: Retention;
  readonly library: MediaLibrary;
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

  const { entries, runtimes } = openInstances(config, limits);
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
  const health = createHealth(steady, clock);
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
  const resolve = createResolve(config.dns_servers);
  const toGuard = (more: readonly string[]) =>
    createGuard({ allowedHosts: [...config.allowed_hosts, ...more], resolve });
  const guard = toGuard([]);
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
  const library = openMediaLibrary({
    store,
    clock,
    log,
    maxBytes: config.max_media,
    keepMs: config.media_retention === 0 ? Infinity : ms(config.media_retention * 86_400),
  });
  const journal = createJournal({ tables, clock, log, isFull: () => retention.isFull });
  const rooms = createRooms();
  const toPages = (...more: readonly string[]) =>
    createPages({ guard: toGuard(more), userAgent: `Parley/${version}`, silenceMs: pageSilenceMs });
  const pages = toPages();
  const files = openFileServices({
    config,
    store,
    pages,
    thumbnails: library.thumbnails,
    clock,
    log,
  });
  const runs = createRuns({
    router,
    health,
    load,
    prices,
    media: library.store,
    attachments: files.attachments,
    downloads: createDownloads({
      pages,
      toPages,
      // A caller's own server may have the name of one of ours.
      originOf: (provider) =>
        registry.find(provider.name) === provider ? registry.terms(provider.name).origin : undefined,
    }),
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
  const forTasks = {
    tasks: createTasks({ registry, catalogue, health, load, ready: discovery.ready }),
    usage: store.usage,
    clock,
    log,
    runMs: ms(config.run_timeout),
  };
  const speeches = createSpeeches({ ...forTasks, maxRuns: config.max_runs, isDraining: () => runs.isDraining });

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
    speeches,
    transcriber: createTranscriber({ ...forTasks, registry }),
    channel: createChannel({ runs, rooms, log }),
    pages,
    buckets: files.buckets,
    attachments: files.attachments,
    retention,
    library,
    ready: discovery.ready,
    async [Symbol.asyncDispose]() {
      await runs.drain(ms(config.drain_timeout));
      await speeches[Symbol.asyncDispose]();
      retention[Symbol.dispose]();
      await journal[Symbol.asyncDispose]();
      await library[Symbol.asyncDispose]();
      discovery[Symbol.dispose]();
      helpIndex[Symbol.dispose]();
      await files[Symbol.asyncDispose]();
      store[Symbol.dispose]();
    },
  };
}

/** A page that brings nothing for so long is not waited for: people wait for the answer that it belongs to. */
const pageSilenceMs = 15_000;

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
