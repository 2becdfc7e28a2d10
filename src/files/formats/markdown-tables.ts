import type TurndownService from "turndown";
import { writeTable } from "./table.ts";

/**
 * Tables as GitHub's Markdown has them: a merged cell says what it says once, in its first place, and is empty in the others.
 * A table that holds other tables only lays them out, and so they stand one after the other.
 */
export function addTableRules(service: TurndownService): void {
  // A cell is converted before its table is: until then its content waits here.
  const contents = new WeakMap<Node, string>();

  service.addRule("cell", {
    filter: ["td", "th"],
    replacement: (content, node) => {
      contents.set(node, content.trim());
      return `\n\n${content}\n\n`;
    },
  });
  service.addRule("row", { filter: ["tr"], replacement: (content) => content });
  service.addRule("section", { filter: ["thead", "tbody", "tfoot"], replacement: (content) => content });
  service.addRule("caption", { filter: ["caption"], replacement: (content) => `\n\n${content}\n\n` });
  service.addRule("table", {
    filter: ["table"],
    replacement: (content, node) => {
      const rows = Array.from(node.querySelectorAll("tr"));
      const isLayout = node.querySelector("table") || (rows.length === 1 && rows[0]?.children.length === 1);
      if (isLayout) return `\n\n${content}\n\n`;
      const caption = node.querySelector("caption")?.textContent?.trim() ?? "";
      const cells = rows.map((row) => Array.from(row.children, toCell));
      return `\n\n${caption === "" ? "" : `${service.escape(caption)}\n\n`}${writeTable(spread(cells))}\n\n`;
    },
  });

  function toCell(element: Element): Cell {
    return {
      text: contents.get(element) ?? "",
      columns: toSpan(element.getAttribute("colspan")),
      rows: toSpan(element.getAttribute("rowspan")),
    };
  }
}

interface Cell {
  readonly text: string;
  readonly columns: number;
  readonly rows: number;
}

function toSpan(value: string | null): number {
  const span = Number(value ?? 1);
  return Number.isInteger(span) && span > 0 ? Math.min(span, 1000) : 1;
}

/** Puts every cell in its column. Spans cost text that nobody wrote: past ten empty cells for each true one they are not believed. */
function spread(rows: readonly (readonly Cell[])[]): string[][] {
  let allowance = 1000 + 10 * rows.reduce((sum, row) => sum + row.length, 0);
  /** For each column, how many of the next rows a cell from above takes. */
  let taken: number[] = [];
  return rows.map((row) => {
    const line: string[] = [];
    const fromAbove = taken;
    taken = fromAbove.map((count) => Math.max(0, count - 1));
    for (const { text, columns, rows: height } of row) {
      while ((fromAbove[line.length] ?? 0) > 0 && allowance-- > 0) line.push("");
      for (let column = 0; column < columns && (column === 0 || allowance-- > 0); column++) {
        if (height > 1) taken[line.length] = height - 1;
        line.push(column === 0 ? text : "");
      }
    }
    return line;
  });
}
