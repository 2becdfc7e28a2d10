import { textAt } from "../../lib/json.ts";
import { parseWebAddress } from "../../lib/web-address.ts";
import type { SearchResult } from "../engine.ts";
import { toShownText, toShownTitle } from "../shown-text.ts";

/** How an engine writes its results, beside `url` and `title`. */
export interface ResultForm {
  /** The field that says what the page is about. */
  readonly snippet: string;
  /** Titles and snippets as plain text, where they are none. */
  readonly toText?: (written: string) => string;
}

/** Those of an engine's results that have the address of a page, as many as are wanted. */
export function toResults(found: readonly unknown[], count: number, form: ResultForm): SearchResult[] {
  const { snippet, toText = (written) => written } = form;
  const read = (each: unknown, field: string) => toText(textAt(each, field) ?? "");
  return found
    .slice(0, maxFound)
    .flatMap((each) => toResult(textAt(each, "url"), read(each, "title"), read(each, snippet)) ?? [])
    .slice(0, count);
}

/** Arbitrary: engines give ten to thirty. */
const maxFound = 50;

/** Arbitrary, in characters. */
const maxSnippetLength = 2000;
/** A longer address would take more of a prompt than its page. */
const maxAddressLength = 2000;

/** `undefined` where its address is none of a page. */
export function toResult(address = "", title = "", snippet = ""): SearchResult | undefined {
  const url = parseWebAddress(address);
  if (!url || url.href.length > maxAddressLength) return undefined;
  return { url: url.href, title: toShownTitle(title), snippet: toShownText(snippet, maxSnippetLength) };
}
