import { childrenOf, type XmlElement } from "../xml.ts";
import { writeInline, writeVerbatim } from "./inline.ts";
import { writeList } from "./lists.ts";
import { createNotes } from "./notes.ts";
import type { OdfPackage } from "./package.ts";
import { readStyles } from "./styles.ts";
import { writeTable } from "./tables.ts";
import type { OdfWriting } from "./writing.ts";

/** Begins to write an OpenDocument's text as HTML. */
export function createWriting(odf: OdfPackage, content: XmlElement): OdfWriting {
  const writing: OdfWriting = {
    odf,
    styles: readStyles(odf.read("styles.xml"), content),
    notes: createNotes(),
    numbers: new Map(),
    objects: new Set(),
    writeBlocks: (elements) => writeBlocks(elements, writing),
  };
  return writing;
}

function writeBlocks(elements: readonly XmlElement[], writing: OdfWriting): string {
  const html: string[] = [];
  let verbatim: string[] = [];
  const endVerbatim = () => {
    if (verbatim.length > 0) html.push(`<pre>\n${Bun.escapeHTML(verbatim.join("\n"))}</pre>`);
    verbatim = [];
  };
  for (const element of elements) {
    if (element.name === "text:p" && isOf(element, writing, "Preformatted_20_Text")) {
      verbatim.push(writeVerbatim(element));
      continue;
    }
    endVerbatim();
    html.push(writeBlock(element, writing));
  }
  endVerbatim();
  return html.join("");
}

function writeBlock(element: XmlElement, writing: OdfWriting): string {
  switch (element.name) {
    case "text:h":
      return writeParagraph(element, `h${headingLevel(element.attributes["text:outline-level"])}`, writing);
    case "text:p":
      if (isOf(element, writing, "Title")) return writeParagraph(element, "h1", writing);
      if (isOf(element, writing, "Quotations"))
        return `<blockquote>${writeParagraph(element, "p", writing)}</blockquote>`;
      return writeParagraph(element, "p", writing);
    case "text:list":
      return writeList(element, writing);
    case "table:table":
      return writeTable(element, writing);
    default:
      if (leftOut.has(element.name)) return "";
      if (element.name.startsWith("draw:")) return writeParagraph({ ...element, children: [element] }, "p", writing);
      return writeBlocks(childrenOf(element), writing);
  }
}

/** What was deleted under revision, and what says again what stands elsewhere. */
const leftOut = new Set([
  "text:tracked-changes",
  "text:table-of-content",
  "text:illustration-index",
  "text:table-index",
  "office:forms",
  "svg:title",
  "svg:desc",
]);

function writeParagraph(element: XmlElement, tag: string, writing: OdfWriting): string {
  const { html, after } = writeInline(element, writing);
  const isBold = tag === "p" && writing.styles.ownTextStyle(element.attributes["text:style-name"]).isBold;
  const content = isBold ? `<strong>${html}</strong>` : html;
  return (html.trim() === "" ? "" : `<${tag}>${content}</${tag}>`) + after;
}

/** Markdown has six. */
function headingLevel(level: string | undefined): number {
  return Math.min(6, Math.max(1, Number.parseInt(level ?? "1", 10) || 1));
}

function isOf(element: XmlElement, { styles }: OdfWriting, name: string): boolean {
  return styles.ancestry(element.attributes["text:style-name"]).includes(name);
}
