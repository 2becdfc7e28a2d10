import { join } from "node:path";
import { type AccessServices, openAccessServices } from "./access-services.ts";
import { type CookieJar, createCookieJar } from "./cookies/jar.ts";
import type { Config } from "./config/load.ts";
import { tellServer } from "./config/told.ts";
import { createImporter, type Importer } from "./chats/import.ts";
import type { Buckets } from "./files/buckets.ts";
import { openDataDirectory, tellOfStore } from "./data-directory.ts";
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
import { createMetrics, type Metrics } from "./metrics/metrics.ts";
import type { ServerSettings } from "./protocol/settings.ts";
import { openPageServices } from "./page-services.ts";
import type { ProviderServices } from "./provider-services.ts";
import { openRoutingServices, type RoutingServices } from "./routing-services.ts";
import type { BringInParts } from "./runs/attachments/bring-in.ts";
import { openRoomServices, type RoomServices } from "./room-services.ts";
import { openRunObservers } from "./run-observers.ts";
import { openRunServices, type RunServices } from "./run-services.ts";
import { type Cache, openCache } from "./store/cache.ts";
import { openSearchServices } from "./search-services.ts";
import type { Pages } from "./search/page.ts";
import type { WebSearch } from "./search/web-search.ts";
import { openShares, type Shares } from "./shares/shares.ts";
import { type Expiry, openExpiry } from "./store/expiry.ts";
import type { Store } from "./store/index.ts";
import { toSweeps } from "./sweeps.ts";
import { openUpdateCheck, type UpdateCheck } from "./update-check.ts";

/** Everything that lives as long as the server; built once, and closed by itself. */
export interface Services
  extends
    AccessServices,
    RoomServices,
    RunServices,
    Pick<RoutingServices, "providerKeys" | "router" | "ready">,
    Pick<ProviderServices, "registry" | "catalogue" | "health" | "load" | "quotas"> {
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
  readonly expiry: Expiry;
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
  tellOfStore(store, log);
  const cookies = createCookieJar({ table: store.cookies, clock, log });
  const daysOrEver = (days: number) => (days === 0 ? Infinity : days * dayMs);
  const { guard, pages, toPages } = openPageServices(config);
  const routing = openRoutingServices({
    config,
    cookies: cookies.find,
    keyTable: store.providerKeys,
    guard,
    secrets,
    watch: metrics.upstreams.watch,
    clock,
    log,
  });
  const { limits, providers, providerKeys, router, ready } = routing;
  const { registry, catalogue, health, load, quotas, advice } = providers;
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
  const files = openFileServices({ config, store, pages, thumbnails: library.thumbnails, clock, log });
  const cache = openCache({ path: join(config.data_dir, "cache.db"), maxBytes: config.max_cache, clock });
  const search = openSearchServices({ config, store, cache, pages, toPages, clock, log });
  const { webSearch } = search;
  const mcp = openMcpServices(config, clock, log);
  const observers = openRunObservers({ config, registry, counting: metrics.runs.observer, log });
  const room: RoomServices = openRoomServices({
    config,
    countRuns: () => forRuns.runs.count,
    readings,
    closeIdle,
    log,
  });
  const forRuns = openRunServices({
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
    observers: observers.all,
    stallMs,
    assertRoom: room.shedding.assertRoom,
    metrics,
    clock,
    calm,
    log,
  });

  const expiry = openExpiry(toSweeps({ config, store, cookies, sessions, cache, shares, clock, calm }), log);
  const updates = openUpdateCheck(config, log);

  // The last is closed first, and each of them whatever became of the one before.
  const closing = new AsyncDisposableStack();
  const all = [
    room.pressure,
    metrics,
    store,
    files,
    cache,
    search,
    routing,
    library,
    shares,
    expiry,
    updates,
    mcp,
    observers,
    forRuns,
    streams,
  ];
  for (const each of all) closing.use(each);

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
    settings: () => tellServer(config, advice()),
    ready,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
  return { ...services, mcpServer: lazily(async () => (await import("./mcp-server.ts")).createMcp(services)) };
}
