import { rm } from "node:fs/promises";
import type { Config } from "./config/load.ts";
import { createConverter } from "./files/convert.ts";
import { arrayAt, parseJson, textAt } from "./lib/json.ts";
import { extensionOf } from "./lib/extension.ts";
import { ApiError } from "./protocol/errors.ts";
import type { SearchEngine } from "./search/engine.ts";
import type { Pages } from "./search/page.ts";
import { openWebSearch } from "./search/search.ts";
import type { WebSearch } from "./search/web-search.ts";
import type { Store } from "./store/index.ts";

/** What has to do with the web: engines that are asked, and pages that are read. */
export interface SearchServices extends AsyncDisposable {
  readonly webSearch: WebSearch;
}

export interface SearchServicesParts {
  readonly config: Config;
  readonly store: Store;
  readonly pages: Pages;
  /** Fetches also from hosts that the settings name. */
  readonly toPages: (...hosts: readonly string[]) => Pages;
}

export function openSearchServices({ config, store, pages, toPages }: SearchServicesParts): SearchServices {
  const converter = createConverter({
    workers: 2,
    timeoutMs: 4000,
    maxMemoryBytes: 512 * 1024 ** 2,
    limits: { maxDocumentBytes: 5e6, maxBytes: 1e7, maxEntries: 10, maxRatio: 200 },
  });
  const webSearch = openWebSearch({
    engines: config.searxng_url === "" ? [] : [searxng(config.searxng_url, toPages)],
    async readText(address, signal) {
      const page = await pages.fetch(address, { signal, maxBytes: 5e6, timeoutMs: 4000 });
      const { path } = await store.scratch.write([page.bytes]);
      const loose = [path];
      try {
        const [first] = await converter.convert(
          { path, name: `page.${extensionOf(page.type)}` },
          store.scratch.folder,
          signal,
        );
        if (first?.kind !== "document") throw new ApiError("fetch_failed", `${page.url.host} has no text`);
        loose.push(first.path);
        const text = await Bun.file(first.path).text();
        return { url: page.url.href, title: "", text, canonical: undefined };
      } finally {
        for (const each of loose) await rm(each, { force: true });
      }
    },
    count: config.search_results,
    region: config.search_region || undefined,
    safeSearch: config.safe_search,
    timeoutMs: config.search_timeout * 1000,
  });
  return {
    webSearch,
    async [Symbol.asyncDispose]() {
      converter[Symbol.dispose]();
    },
  };
}

function searxng(base: string, toPages: (...hosts: readonly string[]) => Pages): SearchEngine {
  const pages = toPages(new URL(base).host);
  return {
    name: "SearXNG",
    async search({ text, count }, signal) {
      const url = new URL("search", base.endsWith("/") ? base : `${base}/`);
      url.search = new URLSearchParams({ q: text, format: "json" }).toString();
      const page = await pages.fetch(url.href, { signal, maxBytes: 5e6, timeoutMs: 5000 });
      const results = arrayAt(parseJson(new TextDecoder().decode(page.bytes)), "results").slice(0, count);
      return results.map((each) => ({
        url: textAt(each, "url") ?? "",
        title: textAt(each, "title") ?? "",
        snippet: textAt(each, "content") ?? "",
      }));
    },
  };
}
