import { type Channel, createChannel } from "./channel/channel.ts";
import type { Config } from "./config/load.ts";
import type { FileServices } from "./file-services.ts";
import type { Clock } from "./lib/clock.ts";
import type { Log } from "./lib/log.ts";
import type { McpServers } from "./mcp-client/servers.ts";
import type { MediaLibrary } from "./media/library.ts";
import type { Memory } from "./memory/memory.ts";
import { openMemoryServices } from "./memory-services.ts";
import type { UpstreamLimits } from "./providers/provider.ts";
import type { ProviderServices } from "./provider-services.ts";
import type { Router } from "./routing/router.ts";
import { createTasks } from "./routing/tasks.ts";
import type { Metrics } from "./metrics/metrics.ts";
import { type Budgets, createBudgets } from "./runs/budgets.ts";
import { createTextEmbedder, type TextEmbedder } from "./runs/embedder.ts";
import { createDownloads, type DownloadsParts } from "./runs/downloads.ts";
import { createKeyRuns } from "./runs/key-runs.ts";
import { createJournal } from "./runs/journal.ts";
import type { RunObserver } from "./runs/observer.ts";
import { createLateWrites } from "./runs/late-writes.ts";
import { openRetention, type Retention } from "./runs/retention.ts";
import { createRooms } from "./runs/rooms.ts";
import { createRuns, type Runs } from "./runs/runs.ts";
import { createSpeeches, type Speeches } from "./runs/speech.ts";
import { createStartOnce } from "./runs/start-once.ts";
import { createTranscriber, type Transcriber } from "./runs/transcriber.ts";
import type { WebSearch } from "./search/web-search.ts";
import type { Store } from "./store/index.ts";

/** Runs, and what else models are asked for: what may be used for it, who follows it, and what is remembered. */
export interface RunServices extends AsyncDisposable {
  readonly budgets: Budgets;
  readonly runs: Runs;
  readonly speeches: Speeches;
  readonly transcriber: Transcriber;
  readonly embedder: TextEmbedder;
  readonly channel: Channel;
  readonly memory: Memory;
  readonly retention: Retention;
}

export interface RunServicesParts extends Pick<DownloadsParts, "pages" | "toPages"> {
  readonly config: Config;
  readonly limits: UpstreamLimits;
  readonly store: Store;
  readonly providers: ProviderServices;
  readonly router: Router;
  readonly library: MediaLibrary;
  readonly files: FileServices;
  readonly webSearch: WebSearch;
  readonly mcp: McpServers;
  readonly observers: readonly RunObserver[];
  /** How long a socket's reader may take nothing. */
  readonly stallMs: number | undefined;
  /** @throws {ApiError} `overloaded` */
  readonly assertRoom: () => void;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** By which what is old goes. */
  readonly calm: Clock;
  readonly log: Log;
}

/** The last to be opened, and the first to be closed: what runs is given `drain_timeout` to end. */
export function openRunServices(parts: RunServicesParts): RunServices {
  const {
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
    observers,
    assertRoom,
    metrics,
    clock,
    calm,
    log,
  } = parts;
  const { registry, catalogue, prices, health, load, ready } = providers;
  const { journal: tables, presence, traces } = store;
  const late = createLateWrites(store.disk, log);
  const usage = late.usage(store.usage);
  const ms = (seconds: number) => seconds * 1000;
  const retention = openRetention({
    tables,
    traces,
    clock: calm,
    log,
    keepMs: ms(config.run_retention),
    maxBytes: config.max_journal,
  });
  const journal = createJournal({ tables, clock, log, isFull: () => retention.isFull });
  const rooms = createRooms();
  const budgets = createBudgets({
    table: store.budgets,
    presence,
    prices,
    clock,
    tokensPerDay: config.budget_tokens,
    costPerDay: config.budget_cost,
  });
  const keyRuns = createKeyRuns({ clock, runsPerMinute: config.rate_runs, maxRuns: config.max_runs_per_key });
  const forTasks = {
    keyRuns,
    tasks: createTasks({ registry, catalogue, health, load, ready, observer: metrics.tasks.observer }),
    countTokens: metrics.runs.countTokens,
    usage,
    budgets,
    prices,
    clock,
    log,
    runMs: ms(config.run_timeout),
  };
  const memory = openMemoryServices({
    ...forTasks,
    config,
    store,
    // It is a part of runs itself.
    start: (...asked) => runs.startBeside(...asked),
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
    webSearch,
    searchLimits: {
      maxRounds: config.search_rounds,
      maxWords: config.max_words,
      timeoutMs: ms(config.search_timeout),
    },
    mcp,
    toolRounds: config.tool_rounds,
    usage,
    chats: late.chats(store.chats),
    memory,
    titles: { maker: config.titles, model: config.title_model },
    traces,
    journal,
    tables,
    presence,
    observers,
    clock,
    log,
    maxRuns: config.max_runs,
    keyRuns,
    assertRoom,
    limits: { runMs: ms(config.run_timeout), silenceMs: limits.silenceMs, graceMs: ms(config.run_grace) },
    announce: rooms.announce,
  });
  const speeches = createSpeeches({ ...forTasks, maxRuns: config.max_runs, isDraining: () => runs.isDraining });

  // The last is closed first, and each of them whatever became of the one before.
  const closing = new AsyncDisposableStack();
  for (const each of [late, journal, retention, speeches, memory]) closing.use(each);
  closing.defer(() => runs.drain(ms(config.drain_timeout)));

  return {
    budgets,
    runs,
    speeches,
    transcriber: createTranscriber({ ...forTasks, registry }),
    embedder: createTextEmbedder(forTasks),
    channel: createChannel({
      runs,
      rooms,
      startOnce: createStartOnce({ runs, store, clock, log }),
      stallMs: parts.stallMs,
      maxSockets: config.max_sockets,
      maxSocketsPerKey: config.max_sockets_per_key,
      log,
    }),
    memory,
    retention,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}
