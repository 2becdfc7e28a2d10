import { parseWebAddress } from "../../lib/web-address.ts";
import { escapeMarkdown } from "./escape.ts";
import { createMarkdown } from "./markdown.ts";
import { partNeighbours } from "./web-page-neighbours.ts";
import { baseOf, completeLinks, lengthOf, parsePage } from "./page-tree.ts";
import { markCode } from "./web-page-code.ts";
import { articleIn, productLines, readLinkedData } from "./web-page-data.ts";
import { findMain } from "./web-page-main.ts";
import { isShell, readShell } from "./web-page-shell.ts";
import { removeSurroundings } from "./web-page-surroundings.ts";
import { chooseTitle, withoutLastHeadings, withoutTitle } from "./web-page-title.ts";

/** What a page of the web says, without what stands around it. */
export interface WebPageText {
  /** One line; it may be empty. */
  readonly title: string;
  /** Markdown, which does not begin with the title again; of a page that says nothing, nothing. */
  readonly text: string;
  /** Its own address, as it says itself: whole, and not to be trusted. */
  readonly canonical: string | undefined;
}

/**
 * The text that a page is there for. Where it stands is told by markup alone, never by which site it is: rules for sites
 * are wrong the day after.
 *
 * @throws {Unconvertible} where it is nested too deeply
 */
export function readWebPage(html: string, url: string): WebPageText {
  const document = parsePage(html);
  const base = baseOf(document, url);
  // An empty one would be what links are relative to, which pages share.
  const own = document.querySelector("link[rel=canonical]")?.getAttribute("href")?.trim();
  const canonical = own ? parseWebAddress(own, base)?.href : undefined;
  // Read before the scripts are gone that hold it, and what those without scripts are told.
  const things = readLinkedData(document);
  const instead = readShell(document);

  markCode(document);
  partNeighbours(document);
  completeLinks(document, base);
  removeSurroundings(document);
  const main = findMain(document);
  const title = chooseTitle(document, main);
  const length = lengthOf(main);
  const shown = withoutLastHeadings(withoutTitle(createMarkdown()(main.innerHTML).trim(), title));
  const article = articleIn(things);
  const told = article.length / 3 > length ? toParagraphs(article) : isShell(document, length) ? instead : "";
  const text = told || shown;
  const product = productLines(things, `${title} ${text}`).map(escapeMarkdown).join("  \n");
  return {
    title: title.slice(0, maxTitleLength),
    text: product === "" ? text : `${product}\n\n${text}`,
    canonical: canonical !== undefined && canonical.length <= maxAddressLength ? canonical : undefined,
  };
}

/** Arbitrary, in characters: what is longer is made to be a burden to whoever reads it. */
const maxTitleLength = 1000;
const maxAddressLength = 2000;

/** Plain text, each line of it a paragraph. */
function toParagraphs(text: string): string {
  const lines = text.split(/\n+/).map((line) => escapeMarkdown(line.trim()));
  return lines.filter((line) => line !== "").join("\n\n");
}
