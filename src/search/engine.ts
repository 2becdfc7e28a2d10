import type { SafeSearch } from "../protocol/search.ts";

/**
 * Finds pages of the web.
 *
 * To add one: write `engines/<id>.ts`, name it in `protocol/search.ts`, list it in `engines.ts`, and record its answers
 * under `test/fixtures/search/<id>/`.
 */
export interface SearchEngine {
  /** For people: `DuckDuckGo`. */
  readonly name: string;
  /**
   * Best first; an empty list where it knows of nothing.
   *
   * @throws {ApiError} `fetch_failed`, in words that name the engine and, where there is one, the cure; with
   *   `retryAfterMs` where it would say the same a moment later, so that it is left alone for as long
   */
  search(query: SearchQuery, signal: AbortSignal): Promise<readonly SearchResult[]>;
}

export interface SearchQuery {
  /** As it was asked, of any length: each engine cuts it to what it takes. */
  readonly text: string;
  /** How many results are wanted. */
  readonly count: number;
  /** `de-DE`: the language, and the country. */
  readonly region: string | undefined;
  readonly safeSearch: SafeSearch;
}

export interface SearchResult {
  /** Of http or https, as `URL` writes it. */
  readonly url: string;
  readonly title: string;
  /** What the engine shows of the page, as plain text; it may be empty. */
  readonly snippet: string;
}
