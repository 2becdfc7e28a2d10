import { mkdirSync } from "node:fs";
import { type Channel, createChannel } from "./channel/channel.ts";
import { ConfigError } from "./config/error.ts";
import { type CookieJar, createCookieJar } from "./cookies/jar.ts";
import type { Config } from "./config/load.ts";
import { createImporter, type Importer } from "./chats/import.ts";
import type { Buckets } from "./files/buckets.ts";
import { openFileServices } from "./file-services.ts";
import { type Access, createAccess } from "./http/access.ts";
import { createStrangers } from "./http/strangers.ts";
import { createIdempotency, type Idempotency } from "./http/idempotency.ts";
import { type Clock, utcDay } from "./lib/clock.ts";
import { createLog, type Log } from "./lib/log.ts";
import type { Memory } from "./memory/memory.ts";
import { openMemoryServices } from "./memory-services.ts";
import { type MediaLibrary, openMediaLibrary } from "./media/library.ts";
import { custom } from "./providers/adapters/custom.ts";
import type { Catalogue } from "./providers/catalogue.ts";
import { createCallersServers } from "./routing/callers-server.ts";
import type { Health } from "./routing/health.ts";
import type { Load } from "./routing/load.ts";
import type { Quotas } from "./routing/quotas.ts";
import type { Registry } from "./providers/registry.ts";
import { openProviderServices } from "./provider-services.ts";
import { createRouter, type Router } from "./routing/router.ts";
import type { BringInParts } from "./runs/attachments/bring-in.ts";
import { type Budgets, createBudgets } from "./runs/budgets.ts";
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
import { openShares, type Shares } from "./shares/shares.ts";
import { claimMs } from "./store/claims.ts";
import { type Expiry, openExpiry } from "./store/expiry.ts";
import { openStore, type Store } from "./store/index.ts";
import { version } from "./version.ts";

/** Everything that lives as long as the server; built once, and closed by itself. */
export interface Services extends AsyncDisposable {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly store: Store;
  readonly access: Access;
  readonly idempotency: Idempotency;
  readonly cookies: CookieJar;
  readonly expiry: Expiry;
  readonly registry: Registry;
  readonly catalogue: Catalogue;
  readonly health: Health;
  readonly load: Load;
  readonly quotas: Quotas;
  readonly router: Router;
  readonly budgets: Budgets;
  readonly runs: Runs;
  readonly speeches: Speeches;
  readonly transcriber: Transcriber;
  readonly channel: Channel;
  readonly pages: Pages;
  readonly buckets: Buckets;
  readonly chatImporter: Importer;
  /** What messages name beside their own words. */
  readonly attachments: BringInParts;
  readonly memory: Memory;
  readonly retention: Retention;
  readonly library: MediaLibrary;
  readonly shares: Shares;
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
  const store = openDataDirectory(config);
  const cookies = createCookieJar({ table: store.cookies, clock, log });
  const ms = (seconds: number) => seconds * 1000;
  const limits = {
    connectMs: ms(config.connect_timeout),
    isProxied: config.isProxied,
    firstByteMs: ms(config.first_byte_timeout),
    loadMs: ms(config.load_timeout),
    silenceMs: ms(config.silence_timeout),
  };

  const providers = openProviderServices({ config, limits, cookies: cookies.find, clock, log });
  const { registry, catalogue, prices, health, load, quotas, ready } = providers;
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
  const shares = openShares({
    table: store.shares,
    blobs: store.shareBlobs,
    clock,
    log,
    maxBytes: config.max_shares,
    keepMs: config.share_retention === 0 ? Infinity : ms(config.share_retention * 86_400),
  });
  const access = createAccess({
    accessKey: config.access_key,
    keys: store.accessKeys,
    strangers: createStrangers(shares),
    clock,
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
  const budgets = createBudgets({
    table: store.budgets,
    presence,
    prices,
    clock,
    tokensPerDay: config.budget_tokens,
    costPerDay: config.budget_cost,
  });
  const forTasks = {
    tasks: createTasks({ registry, catalogue, health, load, ready }),
    usage: store.usage,
    budgets,
    clock,
    log,
    runMs: ms(config.run_timeout),
  };
  const memory = openMemoryServices({
    ...forTasks,
    config,
    store,
    // It is a part of runs itself.
    start: (...asked) => runs.start(...asked),
  });
  const runs = createRuns({
    router,
    budgets,
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
    chats: store.chats,
    memory,
    titles: { maker: config.titles, model: config.title_model },
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
  const speeches = createSpeeches({ ...forTasks, maxRuns: config.max_runs, isDraining: () => runs.isDraining });

  const keepUsageDays = config.usage_retention;
  const expiry = openExpiry(
    {
      "entries of the log": () => store.clientLog.removeBefore(clock() - ms(config.log_retention * 86_400)),
      "Idempotency-Keys": () => store.claims.removeBefore(clock() - claimMs),
      cookies: cookies.sweep,
      "shared chats": shares.sweep,
      "rows of usage": async () =>
        keepUsageDays === 0 ? 0 : store.usage.removeBefore(utcDay(clock() - (keepUsageDays - 1) * 86_400_000)),
    },
    log,
  );

  // The last is closed first, and each of them whatever became of the one before.
  const closing = new AsyncDisposableStack();
  const all = [store, files, providers, library, shares, journal, retention, expiry, speeches, memory];
  for (const each of all) closing.use(each);
  closing.defer(() => runs.drain(ms(config.drain_timeout)));

  return {
    config,
    clock,
    log,
    store,
    access,
    idempotency: createIdempotency({
      access,
      store,
      clock,
      log,
      maxBytes: Math.max(config.max_body, config.max_upload),
      runRoutes: ["/backend-api/v2/conversation"],
    }),
    cookies,
    expiry,
    registry,
    catalogue,
    health,
    load,
    quotas,
    router,
    budgets,
    runs,
    speeches,
    transcriber: createTranscriber({ ...forTasks, registry }),
    channel: createChannel({ runs, rooms, log }),
    pages,
    buckets: files.buckets,
    chatImporter: createImporter({ chats: store.chats, clock, maxBytes: config.max_upload }),
    attachments: files.attachments,
    memory,
    retention,
    library,
    shares,
    ready,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

/** A page that brings nothing for so long is not waited for: people wait for the answer that it belongs to. */
const pageSilenceMs = 15_000;

/** @throws {ConfigError} that names the directory and what to do about it */
export function openDataDirectory({ data_dir: path, secret_key: secretKey }: Config): Store {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return openStore(path, { secretKey });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`the data directory ${path} cannot be used: ${why}. ${cureOf(why)}`);
  }
}

function cureOf(why: string): string {
  if (why.startsWith("runs.db is damaged")) return "Remove it: it holds nothing but the last hour's answers";
  if (why.includes("is damaged")) return "Put a backup in its place: parley restore <file> --force";
  return "Mend it, or take another with --data-dir";
}
