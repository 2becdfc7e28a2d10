import { htmlToMarkdown } from "./html.ts";

/** What a page of the web says, without what stands around it. */
export interface WebPageText {
  /** One line; it may be empty. */
  readonly title: string;
  /** Markdown. */
  readonly text: string;
  /** Its own address, as it says itself: whole, and not to be trusted. */
  readonly canonical: string | undefined;
}

/** @throws {Unconvertible} where it is nested too deeply */
export function readWebPage(html: string, url: string): WebPageText {
  return { title: "", text: htmlToMarkdown(html, url), canonical: undefined };
}
