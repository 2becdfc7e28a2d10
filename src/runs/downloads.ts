import { hostPortOf } from "../lib/web-address.ts";
import type { Provider } from "../providers/provider.ts";
import type { Pages } from "../search/page.ts";

/** Reads what a provider has made, and gives as an address alone. */
export interface Downloads {
  /** @throws {ApiError} `address_not_allowed`, `fetch_failed`; or the reason of `signal` */
  read(url: URL, provider: Provider, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

export interface DownloadsParts {
  readonly pages: Pages;
  /** Pages that may come from this `host:port` too, though it is not public. */
  readonly toPages: (host: string) => Pages;
  /** Where the operator put a provider, if so: what it gives from there is fetched as the provider itself is asked. */
  readonly originOf: (provider: Provider) => string | undefined;
}

/** Arbitrary: a film of some minutes. */
const maxBytes = 512 * 1024 * 1024;
const timeoutMs = 10 * 60_000;

export function createDownloads({ pages, toPages, originOf }: DownloadsParts): Downloads {
  return {
    async *read(url, provider, signal) {
      const isAtHome = url.origin === originOf(provider);
      const reader = isAtHome ? toPages(hostPortOf(url)) : pages;
      using page = await reader.open(url.href, { signal, maxBytes, timeoutMs });
      yield* page.pieces;
    },
  };
}
