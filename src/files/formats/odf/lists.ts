import { childrenOf, type XmlElement } from "../xml.ts";
import type { OdfWriting } from "./writing.ts";

/** A list, as deeply as it is nested; one without a style of its own has that of the list that it is in. */
export function writeList(list: XmlElement, writing: OdfWriting, outerStyle?: string, level = 1): string {
  const style = list.attributes["text:style-name"] ?? outerStyle;
  const items = childrenOf(list).filter(({ name }) => name === "text:list-item" || name === "text:list-header");
  // Numbered headings are kept as lists of one heading each, as deep as it stands.
  if (items.every(isHeadingItem)) return items.map((item) => writeContent(item, writing, style, level)).join("");

  const isNumbered = writing.styles.isNumbered(style, level);
  const start = isNumbered ? startOf(list, items[0], writing.numbers.get(style ?? "") ?? 0) : 1;
  if (isNumbered && level === 1) writing.numbers.set(style ?? "", start + items.length - 1);
  const html = items.map((item) => `<li>${writeContent(item, writing, style, level)}</li>`).join("");
  return isNumbered ? `<ol start="${start}">${html}</ol>` : `<ul>${html}</ul>`;
}

function writeContent(item: XmlElement, writing: OdfWriting, style: string | undefined, level: number): string {
  const children = childrenOf(item);
  const isTight = children.filter(({ name }) => name !== "text:list").length === 1;
  return children
    .map((child) => {
      if (child.name === "text:list") return writeList(child, writing, style, level + 1);
      const html = writing.writeBlocks([child]);
      return isTight ? html.replace(/^<p>(.*)<\/p>$/s, "$1") : html;
    })
    .join("");
}

function isHeadingItem(item: XmlElement): boolean {
  const children = childrenOf(item);
  const isHeading = (child: XmlElement) =>
    child.name === "text:h" || (child.name === "text:list" && childrenOf(child).every(isHeadingItem));
  return children.length > 0 && children.every(isHeading);
}

function startOf(list: XmlElement, first: XmlElement | undefined, last: number): number {
  const start = Number.parseInt(first?.attributes["text:start-value"] ?? "", 10);
  if (start >= 0) return start;
  const { "text:continue-numbering": continues, "text:continue-list": continued } = list.attributes;
  return continues === "true" || continued !== undefined ? last + 1 : 1;
}
