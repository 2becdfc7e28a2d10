import type { Config } from "./config/load.ts";
import { createConverter } from "./files/convert.ts";
import { type Clock, toSteadyClock } from "./lib/clock.ts";
import type { Log } from "./lib/log.ts";
import { createReadPageText } from "./page-text.ts";
import { createEngines } from "./search/engines.ts";
import type { Pages } from "./search/page.ts";
import { createReader } from "./search/reader.ts";
import { createRobots } from "./search/robots.ts";
import { createWebSearch } from "./search/search.ts";
import type { WebSearch } from "./search/web-search.ts";
import type { Cache } from "./store/cache.ts";
import type { Store } from "./store/index.ts";

/** What has to do with the web: engines that are asked, and pages that are read. */
export interface SearchServices extends Disposable {
  readonly webSearch: WebSearch;
}

export interface SearchServicesParts {
  readonly config: Config;
  readonly store: Store;
  readonly cache: Cache;
  readonly pages: Pages;
  /** Pages that may also be fetched from these hosts, `host:port`. */
  readonly toPages: (...more: readonly string[]) => Pages;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Processes of its own: an upload of thousands of documents holds up no search. What is read is smaller than what is
 * uploaded, and somebody waits for it. All arbitrary.
 */
const converterOptions = {
  workers: 2,
  timeoutMs: 8000,
  maxMemoryBytes: 512 * 1024 ** 2,
  limits: { maxDocumentBytes: 16 * 1024 ** 2, maxBytes: 32 * 1024 ** 2, maxEntries: 1000, maxRatio: 200 },
};

export function openSearchServices(parts: SearchServicesParts): SearchServices {
  const { config, store, cache, pages, toPages, clock, log } = parts;
  const converter = createConverter(converterOptions);
  const read = createReader({
    pages,
    robots: config.robots ? createRobots({ pages, cache, clock }) : undefined,
    readText: createReadPageText({ converter, scratch: store.scratch }),
    cache,
    scope: config.allowed_hosts.join(),
    clock,
  });
  const webSearch = createWebSearch({
    engines: createEngines(config, { toPages, clock: toSteadyClock(clock), log }),
    read,
    // It starts while the engine is asked.
    prepare: () => converter.warm(),
    cache,
    clock,
    scope: config.searxng_url,
    count: config.search_results,
    region: config.search_region || undefined,
    safeSearch: config.safe_search,
    maxWords: config.max_words,
    timeoutMs: config.search_timeout * 1000,
  });
  return { webSearch, [Symbol.dispose]: () => converter[Symbol.dispose]() };
}
