import type { Page } from "./page.ts";

/** What a page says. */
export interface PageText {
  /** One line; it may be empty. */
  readonly title: string;
  /** The beginning of its main text, as Markdown: as much as anybody is given. */
  readonly text: string;
  /** Its own address, as it says itself: whole, and not to be trusted. */
  readonly canonical: string | undefined;
}

/** @throws {ApiError} `fetch_failed` for what has no text, or none that can be read */
export type ReadPageText = (page: Page, signal: AbortSignal) => Promise<PageText>;
