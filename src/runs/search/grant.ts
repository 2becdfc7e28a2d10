import { openDeadline } from "../../lib/deadline.ts";
import { toShownHost } from "../../lib/web-address.ts";
import { ApiError } from "../../protocol/errors.ts";
import { toCanonical } from "../../search/canonical.ts";
import type { WebPage, WebSearch } from "../../search/web-search.ts";
import { cutToWords, findWordEnds } from "../../search/words.ts";
import type { Granted } from "../tools/tool-kind.ts";
import { howToCite, pagesAreData, toSourceText } from "./source-text.ts";
import type { Sources } from "./sources.ts";
import type { Wish } from "./wish.ts";

export interface GrantParts {
  readonly webSearch: WebSearch;
  readonly sources: Sources;
  /** The numbers of the sources that were read. */
  readonly read: Set<number>;
  /** Of one page. */
  readonly maxWords: number;
  /** Longest time for one search, or one page. */
  readonly timeoutMs: number;
  readonly note: (log: string) => void;
  readonly toFailure: (thrown: unknown) => ApiError;
}

/** Does what a model wishes. What fails is told to the model in words. @throws the reason of `signal` */
export async function grant(wish: Wish, signal: AbortSignal, parts: GrantParts): Promise<Granted> {
  if (wish.is === "nothing") return () => wish.why;
  const { timeoutMs, note, toFailure } = parts;
  using deadline = openDeadline(signal, timeoutMs, () => tooLong(timeoutMs));
  try {
    return wish.is === "search"
      ? await search(wish.query, deadline.signal, parts)
      : await read(wish.url, deadline.signal, parts);
  } catch (thrown) {
    signal.throwIfAborted();
    const { message } = toFailure(thrown);
    const what = wish.is === "search" ? "the search failed" : `${toShownHost(wish.url)} could not be read`;
    note(`web search: ${what}: ${message}`);
    return () => `${wish.is === "search" ? "The search failed" : "The page could not be read"}: ${message}`;
  }
}

async function search(query: string, signal: AbortSignal, { webSearch, sources, note }: GrantParts): Promise<Granted> {
  const { results: found, failures } = await webSearch.search(query, signal);
  for (const failure of failures) note(`web search: ${failure}`);
  note(`web search: ${JSON.stringify(query)}: ${found.length} results`);
  if (found.length === 0) return () => "Nothing was found. Other words may find more.";
  const results = found.map((each) => toSourceText(sources.add(each), { ...each, text: each.snippet }));
  return () => `${pagesAreData}\n\n${results.join("\n\n")}\n\n${howToCite}`;
}

async function read(url: URL, signal: AbortSignal, parts: GrantParts): Promise<Granted> {
  const { webSearch, sources, read, maxWords, note } = parts;
  const page = await webSearch.read(url.href, signal);
  note(`web search: ${toShownHost(url)} was read`);
  const source = toSource(page, url, sources);
  const number = sources.add(source);
  read.add(number);
  const ends = await findWordEnds(page.text, maxWords + 1);
  return (share) => {
    const words = Math.floor(maxWords * share);
    const text = cutToWords(page.text, ends, words);
    const rest = ends.length <= words ? "" : "\n\nThis is the beginning of the page: the rest was left out.";
    return `${pagesAreData}\n\n${toSourceText(number, { ...source, text })}${rest}\n\n${howToCite}`;
  };
}

/** The model knows it by the address that it was found under, wherever that has led. */
function toSource({ url: end, title }: WebPage, asked: URL, { all }: Sources): { url: string; title: string } {
  const address = toCanonical(asked.href);
  const known = all.find(([, source]) => toCanonical(source.url) === address);
  return known ? { url: known[1].url, title: known[1].title || title } : { url: end, title };
}

function tooLong(ms: number): ApiError {
  return new ApiError("fetch_failed", `it took longer than ${ms / 1000} s`);
}
