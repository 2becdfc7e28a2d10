import { isElement, type XmlElement } from "../xml.ts";
import { writeDrawing } from "./drawings.ts";
import type { OdfWriting } from "./writing.ts";

/** A paragraph's text, and what hangs on it but stands behind it: text boxes, the tables of charts. */
export interface Inline {
  readonly html: string;
  readonly after: string;
}

export function writeInline(element: XmlElement, writing: OdfWriting): Inline {
  const after: string[] = [];
  const html = writeChildren(element, { writing, after });
  return { html, after: after.join("") };
}

/** A paragraph's letters, its blanks and its line ends, as they are. */
export function writeVerbatim(element: XmlElement): string {
  return element.children
    .map((node) => {
      if (!isElement(node)) return typeof node === "string" ? node : "";
      if (node.name === "text:s") return " ".repeat(countOf(node));
      if (node.name === "text:tab") return "\t";
      if (node.name === "text:line-break") return "\n";
      return leftOut.has(node.name) ? "" : writeVerbatim(node);
    })
    .join("");
}

interface Line {
  readonly writing: OdfWriting;
  readonly after: string[];
}

function writeChildren(element: XmlElement, line: Line): string {
  return element.children
    .map((node) => {
      if (typeof node === "string") return Bun.escapeHTML(node);
      return isElement(node) ? writeElement(node, line) : "";
    })
    .join("");
}

function writeElement(element: XmlElement, line: Line): string {
  const { writing, after } = line;
  const { attributes, name } = element;
  switch (name) {
    case "text:span":
      return writeSpan(element, line);
    case "text:a":
      return `<a href="${Bun.escapeHTML(attributes["xlink:href"] ?? "")}">${writeChildren(element, line)}</a>`;
    case "text:s":
      return " ".repeat(countOf(element));
    case "text:tab":
      return "\t";
    case "text:line-break":
      return "<br>";
    case "text:note":
      return writing.notes.addNote(element, writing);
    case "office:annotation":
      return writing.notes.addComment(element, writing);
    default:
      if (leftOut.has(name)) return "";
      if (!name.startsWith("draw:") || name === "draw:a") return writeChildren(element, line);
      const drawing = writeDrawing(element, writing);
      after.push(drawing.after);
      return drawing.html;
  }
}

/** The numbers of pages, which are nowhere but on paper, and what only tells how to say a word, or what a program is to do. */
const leftOut = new Set([
  "text:page-number",
  "text:page-count",
  "text:ruby-text",
  "text:script",
  "office:event-listeners",
  "text:tracked-changes",
  "svg:title",
  "svg:desc",
]);

function writeSpan(element: XmlElement, line: Line): string {
  const content = writeChildren(element, line);
  const { isBold, isItalic, isStruck, raised } = line.writing.styles.textStyle(element.attributes["text:style-name"]);
  const tags = [raised, isBold && "strong", isItalic && "em", isStruck && "s"].filter((tag) => typeof tag === "string");
  return tags.reduce((html, tag) => `<${tag}>${html}</${tag}>`, content);
}

/** How many blanks; more than a line has are one. */
function countOf(element: XmlElement): number {
  const count = Number(element.attributes["text:c"] ?? 1);
  return Number.isInteger(count) && count > 0 && count < 200 ? count : 1;
}
