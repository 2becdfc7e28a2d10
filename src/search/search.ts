import { ApiError } from "../protocol/errors.ts";
import type { SearchEngine } from "./engine.ts";
import type { PageText } from "./page-text.ts";
import type { WebSearch } from "./web-search.ts";

export interface WebSearchParts {
  readonly engines: readonly SearchEngine[];
  readonly readText: (address: string, signal: AbortSignal) => Promise<PageText & { url: string }>;
  readonly count: number;
  readonly region: string | undefined;
  readonly safeSearch: "off" | "moderate" | "strict";
  readonly timeoutMs: number;
}

export function openWebSearch({ engines, readText, count, region, safeSearch, timeoutMs }: WebSearchParts): WebSearch {
  const [engine] = engines;
  const search: WebSearch["search"] = async (text, signal) => {
    if (!engine) throw new ApiError("fetch_failed", "no search engine is set up");
    return engine.search({ text, count, region, safeSearch }, signal);
  };
  const read: WebSearch["read"] = (address, signal) => readText(address, signal);
  return {
    isOffered: engine !== undefined,
    search,
    read,
    async gather(query, signal, note) {
      const ended = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const found = await search(query, ended);
      const pages = await Promise.all(
        found.map(async ({ url, title, snippet }) => {
          try {
            const page = await read(url, ended);
            return { ...page, title: page.title || title };
          } catch (thrown) {
            signal.throwIfAborted();
            note(`${url} could not be read: ${thrown instanceof ApiError ? thrown.message : "it took too long"}`);
            return { url, title, text: snippet };
          }
        }),
      );
      return pages.filter(({ text }) => text !== "");
    },
  };
}
