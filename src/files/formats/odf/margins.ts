import { childrenOf, descendantsOf, textOf, type XmlElement } from "../xml.ts";
import type { OdfWriting } from "./writing.ts";

/** The headers and the footers of all kinds of pages, each text once, as HTML. */
export function writeMargins(
  styles: XmlElement | undefined,
  writing: OdfWriting,
): { headers: string; footers: string } {
  const pages = descendantsOf(styles, "style:master-page").flatMap((page) => childrenOf(page));
  const seen = new Set<string>();
  const write = (names: RegExp) => {
    const paragraphs = pages
      .filter(({ name }) => names.test(name))
      .flatMap((margin) => descendantsOf(margin, "text:p"));
    return paragraphs
      .filter(saysMore)
      .map((paragraph) => writing.writeBlocks([paragraph]))
      .filter((html) => !seen.has(html) && seen.add(html))
      .join("");
  };
  return { headers: write(/^style:header/), footers: write(/^style:footer/) };
}

/** More than "page 3 of 9". */
function saysMore(paragraph: XmlElement): boolean {
  const isNumbered = ["text:page-number", "text:page-count"].some((name) => descendantsOf(paragraph, name).length > 0);
  return (textOf(paragraph).match(/\p{L}+/gu) ?? []).length > (isNumbered ? 2 : 0);
}
