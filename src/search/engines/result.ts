import { textAt } from "../../lib/json.ts";
import { oneLine } from "../../lib/text.ts";
import type { SearchResult } from "../engine.ts";

/** Where an engine's answer has what of a result, beside `url` and `title`. */
export interface ResultFields {
  readonly snippet: string;
}

/** Those of an engine's results that have the address of a page. */
export function toResults(found: readonly unknown[], count: number, { snippet }: ResultFields): SearchResult[] {
  return found
    .flatMap((each) => toResult(textAt(each, "url"), textAt(each, "title"), textAt(each, snippet)) ?? [])
    .slice(0, count);
}

/** Arbitrary, in characters. */
const maxTitleLength = 300;
const maxSnippetLength = 2000;

/** `undefined` where its address is none of a page. */
export function toResult(address = "", title = "", snippet = ""): SearchResult | undefined {
  const url = URL.parse(address);
  if (url?.protocol !== "http:" && url?.protocol !== "https:") return undefined;
  return { url: url.href, title: oneLine(title, maxTitleLength), snippet: oneLine(snippet, maxSnippetLength) };
}
