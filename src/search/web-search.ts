import type { Found, Tried } from "./first-answer.ts";

/** Finds and reads pages of the web. What was found and read stays for the day. */
export interface WebSearch {
  /** The names of those that are set up, in the order in which they are asked. */
  readonly engines: readonly string[];
  /** Whether there is an engine to ask. */
  readonly isOffered: boolean;
  /**
   * What the first engine that answers has found, and the way to read it.
   *
   * @throws {ApiError} `fetch_failed` where none answers, saying why each of them did not; the signal's reason
   */
  search(query: string, signal: AbortSignal): Promise<SearchFound>;
  /** Asks each engine this, past what was found earlier in the day. @throws the signal's reason */
  tryEach(query: string, signal: AbortSignal): Promise<readonly Tried[]>;
  /**
   * A page's main text: of one that would be a book, its beginning.
   *
   * @throws {ApiError} `address_not_allowed`, `fetch_failed`; the signal's reason
   */
  read(address: string, signal: AbortSignal): Promise<WebPage>;
}

export interface SearchFound extends Found {
  /**
   * The pages, cut to the words that may be put before a question. It ends with the time that a search may take, from its
   * beginning on; of what could not be read by then the engine's own words are given. `note` is told what went wrong.
   *
   * @throws the signal's reason
   */
  readAll(signal: AbortSignal, note: (log: string) => void): Promise<readonly WebPage[]>;
}

export interface WebPage {
  /** Where it was found in the end. */
  readonly url: string;
  /** One line; it may be empty. */
  readonly title: string;
  /** Its main text, as Markdown. */
  readonly text: string;
}
