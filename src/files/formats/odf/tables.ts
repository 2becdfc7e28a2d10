import { childrenOf, type XmlElement } from "../xml.ts";
import type { OdfWriting } from "./writing.ts";

/** A table within a text, as HTML. */
export function writeTable(table: XmlElement, writing: OdfWriting): string {
  return `<table>${writeRows(table, "td", writing)}</table>`;
}

/** Rows stand in groups, those of the heading too. Nobody repeats them here, as sheets do. */
function writeRows(group: XmlElement, tag: "td" | "th", writing: OdfWriting): string {
  return childrenOf(group)
    .map((child) => {
      if (child.name === "table:table-row") return `<tr>${writeCells(child, tag, writing)}</tr>`;
      if (child.name === "table:table-header-rows") return writeRows(child, "th", writing);
      return /^table:table-(rows|row-group)$/.test(child.name) ? writeRows(child, tag, writing) : "";
    })
    .join("");
}

function writeCells(row: XmlElement, tag: "td" | "th", writing: OdfWriting): string {
  return childrenOf(row, "table:table-cell")
    .map((cell) => {
      const columns = Number.parseInt(cell.attributes["table:number-columns-spanned"] ?? "1", 10);
      const rows = Number.parseInt(cell.attributes["table:number-rows-spanned"] ?? "1", 10);
      return `<${tag} colspan="${columns}" rowspan="${rows}">${writing.writeBlocks(childrenOf(cell))}</${tag}>`;
    })
    .join("");
}
