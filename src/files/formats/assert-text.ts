import { Unconvertible } from "../unconvertible.ts";

/** A document's Markdown, if it says anything besides our own marks. @throws {Unconvertible} where all that it shows is pictures */
export function assertText(markdown: string): string {
  if (!/[\p{L}\p{N}]/u.test(markdown.replace(/^<!-- .* -->$/gm, "")))
    throw new Unconvertible("it has no text: what it shows is pictures, or nothing");
  return markdown;
}
