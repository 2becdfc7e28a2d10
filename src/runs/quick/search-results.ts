import type { ChatRequest } from "../../protocol/chat.ts";
import { ApiError } from "../../protocol/errors.ts";
import type { WebPage, WebSearch } from "../../search/web-search.ts";
import { toAskedSearch } from "../search/asked.ts";

/** The name under which the pages of a search are asked for, and no model. */
export const cachedSearchName = "CachedSearch";

export function isCachedSearch({ provider }: ChatRequest): boolean {
  return typeof provider === "string" && provider.trim().toLowerCase() === cachedSearchName.toLowerCase();
}

/**
 * What a search finds, as text: for each page its number, title, address and main text.
 *
 * @throws {ApiError} `not_offered` without an engine, `not_found` where nothing was found, `upstream_failed` where no
 *   engine answers
 * @throws the signal's reason
 */
export async function searchResults(webSearch: WebSearch, request: ChatRequest, signal: AbortSignal): Promise<string> {
  if (!webSearch.isOffered) throw new ApiError("not_offered", "no search engine is set up; see search_engines");
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
