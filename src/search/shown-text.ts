import { oneLine } from "../lib/text.ts";

/** Of a page, in characters; arbitrary: what is longer is no title. */
const maxTitleLength = 300;

export function toShownTitle(title: string): string {
  return toShownText(title, maxTitleLength);
}

/**
 * What strangers call their page, as one line of at most `length` characters. What turns around the order of all that
 * follows goes, and what nobody sees: beside a title stands the address that it is of.
 */
export function toShownText(text: string, length: number): string {
  // An engine may call a page by a megabyte.
  const begin = text.slice(0, length * 10);
  return oneLine(begin.replace(/[\u00ad\u200b\u2060\u202a-\u202e\u2066-\u2069]+/g, ""), length);
}
