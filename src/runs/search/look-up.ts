import type { ChatRequest } from "../../protocol/chat.ts";
import type { ApiError } from "../../protocol/errors.ts";
import type { EventOf } from "../../protocol/events.ts";
import type { Candidate } from "../../routing/candidate.ts";
import type { WebPage, WebSearch } from "../../search/web-search.ts";
import type { Trace } from "../trace.ts";
import { toAskedSearch } from "./asked.ts";
import { fitPages } from "./fit-pages.ts";
import type { NumberedPages } from "./prompt.ts";
import type { Sources } from "./sources.ts";
import { noStatus, searchingStatus, toStatus } from "./status.ts";
import { searchName } from "./tools.ts";

export interface LookUpParts {
  readonly webSearch: WebSearch;
  readonly candidates: readonly Candidate[];
  /** What is found is added to them. */
  readonly sources: Sources;
  readonly signal: AbortSignal;
  readonly trace: Pick<Trace, "call">;
  readonly note: (log: string) => void;
  readonly toFailure: (thrown: unknown) => ApiError;
}

/**
 * Looks for pages of the web before a question is asked, where the request wants that. It never throws: without pages
 * a question is answered as it would be anyway, and a note says why there are none.
 */
export async function* lookUp(
  request: ChatRequest,
  { webSearch, candidates, sources, signal, trace, note, toFailure }: LookUpParts,
): AsyncGenerator<EventOf<"reasoning">[], NumberedPages> {
  const pages = new Map<number, WebPage>();
  const asked = toAskedSearch(request);
  if (asked?.is !== "query") return pages;
  const say = (log: string) => note(`web search: ${log}`);
  const whyNot = whyNoSearch(candidates, webSearch);
  // Who is asked next, should it fail, was chosen for a prompt of this length as well.
  const reader = candidates.find(readsPages);
  if (!reader || whyNot !== undefined) say(`none was made, since ${whyNot}`);
  else {
    yield [searchingStatus];
    const ended = trace.call(searchName);
    try {
      const found = await webSearch.search(asked.query, signal);
      for (const failure of found.failures) say(failure);
      const count = found.results.length;
      if (count === 0) say("nothing was found");
      else {
        say(`${found.engine ?? "an earlier search of today"} found ${toCount(count)}`);
        yield [toStatus(`Reading ${toCount(count)}`)];
      }
      for (const page of await fitPages(await found.readAll(signal, say), request, reader, say)) {
        const number = sources.add(page);
        if (!pages.has(number)) pages.set(number, page);
      }
      if (pages.size > 0) say(`pages that were put before the question: ${pages.size}`);
    } catch (thrown) {
      if (!signal.aborted) say(`it failed, and the question is answered without pages: ${toFailure(thrown).message}`);
    } finally {
      ended();
    }
    yield [noStatus];
  }
  return pages;
}

/** Why nothing is searched for, nor can be, whoever asks for it; `undefined` where it can be. */
export function whyNoSearch(candidates: readonly Candidate[], { isOffered }: WebSearch): string | undefined {
  if (!candidates.some(readsPages)) return "what answers here reads no pages";
  return isOffered ? undefined : "no search engine is set up (searxng_url, brave_api_key, …)";
}

/** What draws takes every word for a wish, and what is no language model would search its own documentation for them. */
export function readsPages({ provider, model }: Candidate): boolean {
  return !provider.lastResort && provider.makes?.(model) === undefined;
}

function toCount(pages: number): string {
  return pages === 1 ? "1 page" : `${pages} pages`;
}
