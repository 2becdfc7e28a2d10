import type { Caller } from "../../protocol/caller.ts";
import type { ChatRequest } from "../../protocol/chat.ts";
import { ApiError } from "../../protocol/errors.ts";
import type { WebPage, WebSearch } from "../../search/web-search.ts";
import type { Budgets } from "../budgets.ts";
import { toAskedSearch } from "../search/asked.ts";

/** The name under which the pages of a search are asked for, and no model. */
export const cachedSearchName = "CachedSearch";

export function isCachedSearch({ provider }: ChatRequest): boolean {
  return typeof provider === "string" && provider.trim().toLowerCase() === cachedSearchName.toLowerCase();
}

/** What a search finds, as text: for each page its number, title, address and main text. */
export interface SearchResults {
  /**
   * @throws {ApiError} `not_offered` without an engine, `not_found` where nothing was found, `upstream_failed` where no
   *   engine answers, `budget_spent`, `too_many_runs`
   * @throws the signal's reason
   */
  find(request: ChatRequest, caller: Caller, signal: AbortSignal): Promise<string>;
}

export interface SearchResultsParts {
  readonly webSearch: WebSearch;
  readonly budgets: Pick<Budgets, "check">;
  /** Most at once: they are no runs, and take as much. */
  readonly maxRuns: number;
}

export function createSearchResults({ webSearch, budgets, maxRuns }: SearchResultsParts): SearchResults {
  let live = 0;
  return {
    async find(request, caller, signal) {
      if (!webSearch.isOffered) throw new ApiError("not_offered", "no search engine is set up; see search_engines");
      if (live >= maxRuns)
        throw new ApiError("too_many_runs", `${maxRuns} searches are being made already; try again in a moment`, {
          retryAfterMs: 1000,
        });
      live++;
      try {
        // It takes no tokens, but some engines are paid for it.
        await budgets.check(caller);
        return await find(webSearch, request, signal);
      } finally {
        live--;
      }
    },
  };
}

async function find(webSearch: WebSearch, request: ChatRequest, signal: AbortSignal): Promise<string> {
  const found = await webSearch.search(toQuery(request), signal).catch(asUpstreams);
  const pages = await found.readAll(signal, () => {});
  if (pages.length === 0) throw new ApiError("not_found", "the search found nothing");
  return pages.map(toResult).join("\n\n\n");
}

/** It is asked for by its name, whatever else is said. */
function toQuery({ messages, web_search }: ChatRequest): string {
  const asked = [web_search, true].map((each) => toAskedSearch({ messages, web_search: each }));
  return asked.find((each) => each?.is === "query")?.query ?? "";
}

function toResult({ url, title, text }: WebPage, number: number): string {
  return `[${number}] ${title || url}\n${url}\n\n${text.trim()}`;
}

/** Elsewhere the caller chose what could not be fetched. */
function asUpstreams(thrown: unknown): never {
  if (thrown instanceof ApiError && thrown.reason === "fetch_failed")
    throw new ApiError("upstream_failed", thrown.message, { cause: thrown });
  throw thrown;
}
