import { type Clock, dayEnd } from "../lib/clock.ts";
import { openDeadline } from "../lib/deadline.ts";
import { arrayAt, textAt, tryParseJson } from "../lib/json.ts";
import { createSharedWork } from "../lib/shared-work.ts";
import type { SafeSearch } from "../protocol/search.ts";
import { ApiError } from "../protocol/errors.ts";
import type { Cache } from "../store/cache.ts";
import { toCanonical } from "./canonical.ts";
import type { SearchResult } from "./engine.ts";
import type { FirstAnswer, Found } from "./first-answer.ts";
import { cutAll, readAll } from "./gather.ts";
import type { WebSearch } from "./web-search.ts";

export interface WebSearchParts {
  readonly engines: FirstAnswer;
  readonly read: WebSearch["read"];
  /** Called when pages are about to be read. */
  readonly prepare: () => void;
  readonly cache: Cache;
  readonly clock: Clock;
  /** Where it is searched, beside the engines' names: what was found elsewhere is not given here. */
  readonly scope: string;
  /** How many pages of a search are wanted. */
  readonly count: number;
  readonly region: string | undefined;
  readonly safeSearch: SafeSearch;
  readonly maxWords: number;
  /** For a search and for reading what it finds. */
  readonly timeoutMs: number;
}

/** Which part of the time engines may take; the rest is for reading what they find. */
const enginesPart = 0.6;
/** Which part reading ends with: what is there has still to be cut. */
const readingPart = 0.95;

export function createWebSearch(parts: WebSearchParts): WebSearch {
  const { engines, read, prepare, cache, clock, scope, count, region, safeSearch, maxWords, timeoutMs } = parts;
  const searches = createSharedWork<Found>();
  const asWhat = JSON.stringify([scope, region ?? "", safeSearch, count, engines.names]);

  return {
    engines: engines.names,
    isOffered: engines.names.length > 0,
    read,
    tryEach: (text, signal) => engines.tryEach({ text, count, region, safeSearch }, signal, timeoutMs * enginesPart),
    async search(query, signal) {
      // Whoever searches is likely to read next.
      prepare();
      const startedAt = performance.now();
      const found = await find(query, signal);
      return {
        ...found,
        async readAll(signal, note) {
          const leftMs = startedAt + timeoutMs * readingPart - performance.now();
          using deadline = openDeadline(signal, Math.max(0, leftMs), tooLate);
          const pages = await readAll(found.results, read, deadline.signal, note);
          signal.throwIfAborted();
          return cutAll(pages, maxWords);
        },
      };
    },
  };

  function tooLate(): ApiError {
    return new ApiError("fetch_failed", `the ${timeoutMs / 1000} s that a search may take were over (search_timeout)`);
  }

  async function find(query: string, signal: AbortSignal): Promise<Found> {
    if (engines.names.length === 0)
      throw new ApiError("fetch_failed", "no search engine is set up: see search_engines in the settings");
    const key = `${asWhat}\n${query}`;
    return searches.join(key, signal, async (ending) => {
      const kept = toResults(await cache.find("search", key));
      if (kept.length > 0) return { results: kept, engine: undefined, failures: [] };
      const question = { text: query, count, region, safeSearch };
      const found = await engines.search(question, ending, timeoutMs * enginesPart);
      const results = distinct(found.results).slice(0, count);
      // That nothing was found may be for the moment.
      if (results.length > 0) await cache.put("search", key, JSON.stringify(results), dayEnd(clock()));
      return { ...found, results };
    });
  }
}

/** Each page once, under the address that it was found at first. */
function distinct(results: readonly SearchResult[]): SearchResult[] {
  const each = new Map<string, SearchResult>();
  for (const result of results) {
    const address = toCanonical(result.url);
    if (!each.has(address)) each.set(address, result);
  }
  return [...each.values()];
}

function toResults(kept: string | undefined): SearchResult[] {
  return arrayAt(tryParseJson(kept ?? "")).flatMap((each) => {
    const url = textAt(each, "url");
    return url === undefined ? [] : { url, title: textAt(each, "title") ?? "", snippet: textAt(each, "snippet") ?? "" };
  });
}
