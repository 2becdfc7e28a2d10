import { join } from "node:path";
import { type CookieJar, createCookieJar } from "./cookies/jar.ts";
import type { Config } from "./config/load.ts";
import { tellServer } from "./config/told.ts";
import { createImporter, type Importer } from "./chats/import.ts";
import type { Buckets } from "./files/buckets.ts";
import { openDataDirectory } from "./data-directory.ts";
import { openFileServices } from "./file-services.ts";
import { type Access, createAccess } from "./http/access.ts";
import { type Clients, createClients } from "./http/client-address.ts";
import { createGuesses } from "./http/guesses.ts";
import { createRequestRates, type RequestRates } from "./http/request-rates.ts";
import { createSessionCookie, type SessionCookie } from "./http/session-cookie.ts";
import { createSetup, type Setup } from "./http/setup.ts";
import { createSessions, type Sessions } from "./http/sessions.ts";
import { createStreamWatch, type StreamWatch } from "./http/stream-watch.ts";
import { createIncoming, type Incoming } from "./http/incoming.ts";
import { createShedding, type Shedding } from "./http/shedding.ts";
import { createStrangers } from "./http/strangers.ts";
import { createIdempotency, type Idempotency } from "./http/idempotency.ts";
import { createCalmClock } from "./lib/calm-clock.ts";
import { type Clock, dayMs, toSteadyClock, utcDay } from "./lib/clock.ts";
import { lazily } from "./lib/lazily.ts";
import { createLog, type Log } from "./lib/log.ts";
import { openPressure, type Pressure, type Readings } from "./lib/pressure.ts";
import { createReadings, usualMaxMemory } from "./lib/readings.ts";
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
import { type Oidc, openOidc } from "./oidc-services.ts";
import { openRunServices, type RunServices } from "./run-services.ts";
import { type Cache, openCache } from "./store/cache.ts";
import { openSearchServices } from "./search-services.ts";
import { createGuard, parseAddress } from "./search/guard.ts";
import { createPages, type Pages } from "./search/page.ts";
import { createResolve } from "./search/resolve.ts";
import type { WebSearch } from "./search/web-search.ts";
import { openShares, type Shares } from "./shares/shares.ts";
import { claimMs } from "./store/claims.ts";
import { responseMs } from "./store/responses.ts";
import { type Expiry, openExpiry } from "./store/expiry.ts";
import type { Store } from "./store/index.ts";
import { openTracing } from "./tracing/tracing.ts";
import { openUpdateCheck, type UpdateCheck } from "./update-check.ts";
import { version } from "./version.ts";

/** Everything that lives as long as the server; built once, and closed by itself. */
export interface Services extends RunServices {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  /** What is counted as it happens, for `/metrics`. */
  readonly metrics: Metrics;
  /** What no log may show, also what was entered since the start. */
  readonly secrets: ReadonlySet<string>;
  readonly store: Store;
  readonly access: Access;
  /** Who asks, and where they see us: `trusted_proxies`, `public_url`. */
  readonly clients: Clients;
  readonly rates: RequestRates;
  readonly setup: Setup;
  readonly streams: StreamWatch;
  readonly sessions: Sessions;
  /** Whom people sign in with in place of a key; `undefined` where there is none. */
  readonly oidc: Oidc | undefined;
  readonly sessionCookie: SessionCookie;
  readonly idempotency: Idempotency;
  readonly pressure: Pressure;
  readonly shedding: Shedding;
  readonly incoming: Incoming;
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
  const sessions = createSessions(store.sessions, clock, config.session_days * dayMs);
  const oidc = openOidc(config, store.secrets, clock);
  const clients = createClients(config);
  const guesses = createGuesses(clock, clients);
  const setup = createSetup({
    isOn: config.setup && config.access_key === "" && !oidc,
    keys: store.accessKeys,
    guesses,
    clock,
  });
  if (setup.isPending) secrets.add(setup.token);
  const sessionCookie = createSessionCookie(clients);
  const access = createAccess({
    accessKey: config.access_key,
    keys: store.accessKeys,
    sessions,
    cookie: sessionCookie,
    guesses,
    setup,
    strangers: createStrangers(shares),
    people: oidc?.people,
    clock,
  });
  const streams = createStreamWatch(access);
  const toPages = (...more: readonly string[]) =>
    createPages({ guard: toGuard(more), userAgent: `Parley/${version}`, silenceMs: pageSilenceMs });
  const pages = toPages();
  const files = openFileServices({ config, store, pages, thumbnails: library.thumbnails, clock, log });
  const cache = openCache({ path: join(config.data_dir, "cache.db"), maxBytes: config.max_cache, clock });
  const search = openSearchServices({ config, store, cache, pages, toPages, clock, log });
  const { webSearch } = search;
  const mcp = openMcpServices(config, clock, log);
  const tracing = openTraces(config, registry, log);
  const maxMemory = config.max_memory || usualMaxMemory();
  const incoming = createIncoming({ maxHeldBytes: maxMemory / 4, maxUploads, maxUploadsPerKey });
  const pressure: Pressure = openPressure({
    maxBytes: maxMemory,
    isIdle: () => forRuns.runs.count === 0 && incoming.heldBytes === 0 && incoming.uploads === 0,
    onDescriptors: closeIdle,
    log,
    readings,
  });
  const shedding = createShedding(pressure);
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
    assertRoom: shedding.assertRoom,
    metrics,
    clock,
    calm,
    log,
  };
  const forRuns = openRunServices(parts);

  const keepUsageDays = config.usage_retention;
  const expiry = openExpiry(
    {
      "entries of the log": () => store.clientLog.removeBefore(calm() - config.log_retention * dayMs),
      "Idempotency-Keys": () => store.claims.removeBefore(calm() - claimMs),
      "what vendors want back": () => store.callStates.removeExpired(calm()),
      responses: () => store.responses.removeBefore(calm() - responseMs),
      cookies: () => cookies.sweep(calm()),
      sessions: () => sessions.sweep(calm()),
      "searches, pages and answers of the cache": () => cache.removeBefore(clock()),
      "shared chats": () => shares.sweep(calm()),
      "rows of usage": async () =>
        keepUsageDays === 0 ? 0 : store.usage.removeBefore(utcDay(calm() - (keepUsageDays - 1) * dayMs)),
    },
    log,
  );

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
  closing.use(pressure);
  for (const each of all) closing.use(each);
  closing.use(streams);

  const services = {
    config,
    clock,
    log,
    metrics,
    secrets,
    store,
    access,
    clients,
    rates: createRequestRates(access, clock, config.rate_requests),
    setup,
    streams,
    sessions,
    oidc,
    sessionCookie,
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
    pressure,
    shedding,
    incoming,
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
/** Uploads that may come in at once, arbitrary: each takes a file of `max_upload` bytes, and little memory. */
const maxUploads = 200;
const maxUploadsPerKey = 50;

/** A page that brings nothing for so long is not waited for: people wait for the answer that it belongs to. */
const pageSilenceMs = 15_000;
