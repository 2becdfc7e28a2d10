import { join } from "node:path";
import { type AccessServices, openAccessServices } from "./access-services.ts";
import { type CookieJar, createCookieJar } from "./cookies/jar.ts";
import type { Config } from "./config/load.ts";
import { tellServer } from "./config/told.ts";
import { createImporter, type Importer } from "./chats/import.ts";
import type { Buckets } from "./files/buckets.ts";
import { openDataDirectory } from "./data-directory.ts";
import { openFileServices } from "./file-services.ts";
import { createIdempotency, type Idempotency } from "./http/idempotency.ts";
import { createCalmClock } from "./lib/calm-clock.ts";
import { type Clock, dayMs, toSteadyClock } from "./lib/clock.ts";
import { lazily } from "./lib/lazily.ts";
import { createLog, type Log } from "./lib/log.ts";
import type { Readings } from "./lib/pressure.ts";
import { createReadings } from "./lib/readings.ts";
import type { McpServer } from "./mcp/server.ts";
import type { McpServers } from "./mcp-client/servers.ts";
import { openMcpServices } from "./mcp-client-services.ts";
import { type MediaLibrary, openMediaLibrary } from "./media/library.ts";
import { custom } from "./providers/adapters/custom.ts";
import { createMetrics, type Metrics } from "./metrics/metrics.ts";
import type { ServerSettings } from "./protocol/settings.ts";
import type { Catalogue } from "./providers/catalogue.ts";
import { createCallersServers } from "./routing/callers-server.ts";
import type { Health } from "./routing/health.ts";
import type { Load } from "./routing/load.ts";
import type { Quotas } from "./routing/quotas.ts";
import type { Registry } from "./providers/registry.ts";
import { openProviderKeys, type ProviderKeys } from "./provider-keys.ts";
import { openProviderServices } from "./provider-services.ts";
import { createRouter, type Router } from "./routing/router.ts";
import type { BringInParts } from "./runs/attachments/bring-in.ts";
import { createRunLog } from "./runs/run-log.ts";
import { openRoomServices, type RoomServices } from "./room-services.ts";
import { openRunServices, type RunServices } from "./run-services.ts";
import { type Cache, openCache } from "./store/cache.ts";
import { openSearchServices } from "./search-services.ts";
import { createGuard, parseAddress } from "./search/guard.ts";
import { createPages, type Pages } from "./search/page.ts";
import { createResolve } from "./search/resolve.ts";
import type { WebSearch } from "./search/web-search.ts";
import { openShares, type Shares } from "./shares/shares.ts";
import { type Expiry, openExpiry } from "./store/expiry.ts";
import type { Store } from "./store/index.ts";
import { toSweeps } from "./sweeps.ts";
import { openTracing } from "./tracing/tracing.ts";
import { openUpdateCheck, type UpdateCheck } from "./update-check.ts";
import { version } from "./version.ts";

/** Everything that lives as long as the server; built once, and closed by itself. */
export interface Services extends AccessServices, RoomServices, RunServices {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  /** What is counted as it happens, for `/metrics`. */
  readonly metrics: Metrics;
  /** What no log may show, also what was entered since the start. */
  readonly secrets: ReadonlySet<string>;
  readonly store: Store;
  readonly idempotency: Idempotency;
  readonly cookies: CookieJar;
  readonly providerKeys: ProviderKeys;
  readonly expiry: Expiry;
  readonly registry: Registry;
  readonly catalogue: Catalogue;
  readonly health: Health;
  readonly load: Load;
  readonly quotas: Quotas;
  readonly router: Router;
  readonly pages: Pages;
  readonly cache: Cache;
  readonly webSearch: WebSearch;
  readonly mcp: McpServers;
  readonly buckets: Buckets;
  readonly chatImporter: Importer;
  /** What messages name beside their own words. */
  readonly attachments: BringInParts;
  readonly library: MediaLibrary;
  readonly shares: Shares;
  readonly updates: UpdateCheck;
  /** The same for models of other programs; made when it is first asked. */
  readonly mcpServer: () => Promise<McpServer>;
  /** What the server was told, for people. */
  readonly settings: () => ServerSettings;
  /** Resolves when the first look for local runtimes is over. */
  readonly ready: Promise<void>;
}

export interface ServiceOptions {
  readonly clock?: Clock;
  /** Milliseconds that have really passed, since whenever; where it is left out a clock that is given is taken to be right. */
  readonly elapsed?: () => number;
  /** Where log lines go instead of standard error. */
  readonly writeLog?: (line: string) => void;
  /** What the process takes of its machine. */
  readonly readings?: Readings;
  /** How long the reader of a socket may take nothing while something waits for it, in milliseconds. */
  readonly stallMs?: number;
  /** Closes the connections that nobody uses. */
  readonly closeIdle?: () => void;
}

export function openServices(
  config: Config,
  {
    clock = Date.now,
    elapsed = toSteadyClock(clock),
    writeLog,
    readings = createReadings(),
    stallMs,
    closeIdle = () => {},
  }: ServiceOptions = {},
): Services {
  // Keys that are entered later join those of the settings.
  const secrets = new Set(config.secrets);
  const log = createLog({
    level: config.log_level,
    secrets,
    pretty: config.log_format === "auto" ? process.stderr.isTTY : config.log_format === "pretty",
    ...(writeLog && { write: writeLog }),
  });
  const metrics = createMetrics();
  const store = openDataDirectory(config);
  const calm = createCalmClock(clock, elapsed, store.lastWrittenAt);
  if (store.aside !== undefined)
    log.error("runs.db was damaged, and is begun anew: the last hour's answers cannot be joined any more", {
      aside: store.aside,
    });
  store.disk.onFailure(({ message, code }) => log.error(message, { code }));
  store.disk.onRoom(() => log.info("what is to be kept can be written again"));
  const cookies = createCookieJar({ table: store.cookies, clock, log });
  const ms = (seconds: number) => seconds * 1000;
  const daysOrEver = (days: number) => (days === 0 ? Infinity : days * dayMs);
  const limits = {
    connectMs: ms(config.connect_timeout),
    isProxied: config.isProxied,
    firstByteMs: ms(config.first_byte_timeout),
    loadMs: ms(config.load_timeout),
    silenceMs: ms(config.silence_timeout),
    watch: metrics.upstreams.watch,
  };

  const providers = openProviderServices({ config, limits, cookies: cookies.find, clock, log });
  const { registry, catalogue, prices, health, load, quotas } = providers;
  const providerKeys = openProviderKeys({ ...providers, table: store.providerKeys, secrets, clock, log });
  const ready = Promise.all([providers.ready, providerKeys.ready]).then(() => {});
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
    ready,
  });
  const library = openMediaLibrary({
    store,
    clock,
    calm,
    log,
    maxBytes: config.max_media,
    keepMs: daysOrEver(config.media_retention),
  });
  const shares = openShares({
    table: store.shares,
    blobs: store.shareBlobs,
    clock,
    log,
    maxBytes: config.max_shares,
    keepMs: daysOrEver(config.share_retention),
  });
  const forAccess = openAccessServices({ config, store, published: shares, secrets, clock, log });
  const { access, sessions, streams } = forAccess;
  const toPages = (...more: readonly string[]) =>
    createPages({ guard: toGuard(more), userAgent: `Parley/${version}`, silenceMs: pageSilenceMs });
  const pages = toPages();
  const files = openFileServices({ config, store, pages, thumbnails: library.thumbnails, clock, log });
  const cache = openCache({ path: join(config.data_dir, "cache.db"), maxBytes: config.max_cache, clock });
  const search = openSearchServices({ config, store, cache, pages, toPages, clock, log });
  const { webSearch } = search;
  const mcp = openMcpServices(config, clock, log);
  const tracing = openTraces(config, registry, log);
  const room: RoomServices = openRoomServices({
    config,
    countRuns: () => forRuns.runs.count,
    readings,
    closeIdle,
    log,
  });
  const parts = {
    config,
    limits,
    store,
    providers,
    router,
    library,
    files,
    pages,
    toPages,
    webSearch,
    mcp,
    observers: [
      createRunLog(log, config.log_requests ? "info" : "debug"),
      metrics.runs.observer,
      ...(tracing ? [tracing] : []),
    ],
    stallMs,
    assertRoom: room.shedding.assertRoom,
    metrics,
    clock,
    calm,
    log,
  };
  const forRuns = openRunServices(parts);

  const expiry = openExpiry(toSweeps({ config, store, cookies, sessions, cache, shares, clock, calm }), log);
  const updates = openUpdateCheck(config, log);

  // The last is closed first, and each of them whatever became of the one before.
  const closing = new AsyncDisposableStack();
  const all = [
    metrics,
    store,
    files,
    cache,
    search,
    providers,
    providerKeys,
    library,
    shares,
    expiry,
    updates,
    mcp,
    tracing,
    forRuns,
  ];
  closing.use(room.pressure);
  for (const each of all) closing.use(each);
  closing.use(streams);

  const services = {
    config,
    clock,
    log,
    metrics,
    secrets,
    store,
    ...forAccess,
    ...room,
    idempotency: createIdempotency({
      access,
      store,
      clock,
      log,
      maxBytes: Math.max(config.max_body, config.max_upload),
      runRoutes: [
        "/backend-api/v2/conversation",
        "/v1/chat/completions",
        "/v1/completions",
        "/v1/responses",
        "/v1/images/generations",
        "/v1/images/edits",
        "/v1/messages",
        "/v1/models/*",
        "/v1beta/models/*",
        "/api/chat",
        "/api/generate",
      ],
    }),
    cookies,
    providerKeys,
    expiry,
    registry,
    catalogue,
    health,
    load,
    quotas,
    router,
    ...forRuns,
    pages,
    cache,
    webSearch,
    mcp,
    buckets: files.buckets,
    chatImporter: createImporter({ chats: store.chats, clock, maxBytes: config.max_upload }),
    attachments: files.attachments,
    library,
    shares,
    updates,
    settings: () => tellServer(config, providers.advice()),
    ready,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
  return { ...services, mcpServer: lazily(async () => (await import("./mcp-server.ts")).createMcp(services)) };
}

/** Where the operator wants them. */
function openTraces({ collector, otlp_service_name }: Config, registry: Registry, log: Log) {
  if (!collector) return undefined;
  return openTracing({ collector, service: { name: otlp_service_name, version }, placeOf: registry.terms, log });
}

/** A page that brings nothing for so long is not waited for: people wait for the answer that it belongs to. */
const pageSilenceMs = 15_000;
