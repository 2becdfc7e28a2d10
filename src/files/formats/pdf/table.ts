import { writeTable } from "../table.ts";
import type { Cell, Line } from "./lines.ts";

/**
 * How many lines from here on are a table's, and the table: lines with cells, whose cells stand in the same columns. None
 * where one column would hold two cells of a line, as gaps in running text do.
 */
export function findTable(lines: readonly Line[]): { readonly length: number; readonly markdown: string } | undefined {
  let length = 0;
  while (length < lines.length && isRow(lines, length)) length++;
  while (length > 0 && lines[length - 1]?.cells.length === 1) length--;
  const rows = lines.slice(0, length);
  if (rows.filter(({ cells }) => cells.length > 1).length < 2 || rows.every(isListItem)) return undefined;
  const columns = toColumns(rows.flatMap(({ cells }) => cells));
  const table: string[][] = [];
  for (const { cells } of rows) {
    const row = columns.map((column) => cells.filter((cell) => cell.left < column.right && cell.right > column.left));
    if (row.some((each) => each.length > 1)) return undefined;
    table.push(row.map(([cell]) => cell?.text ?? ""));
  }
  return { length, markdown: writeTable(table) };
}

/** One cell alone belongs to a table if it is close below a row: the rest of a cell above it. */
function isRow(lines: readonly Line[], index: number): boolean {
  const line = lines[index];
  const above = lines[index - 1];
  if (!line) return false;
  if (!above) return line.cells.length > 1;
  const step = (above.baseline - line.baseline) / line.size;
  if (step < 0.5 || step > 4) return false;
  return (
    line.cells.length > 1 || (step < 1.6 && above.cells.some((cell) => Math.abs(cell.left - line.left) < line.size))
  );
}

/** A label, and what is labelled after a gap. */
function isListItem({ cells }: Line): boolean {
  return cells.length < 3 && /^([•·‣▪◦–*-]|\(?[\p{L}\p{N}]{1,4}[.)])$/u.test(cells[0]?.text ?? "");
}

/** What overlaps is one column. */
function toColumns(cells: readonly Cell[]): { left: number; right: number }[] {
  const columns: { left: number; right: number }[] = [];
  for (const { left, right } of cells.toSorted((a, b) => a.left - b.left)) {
    const column = columns.at(-1);
    if (column && left < column.right) column.right = Math.max(column.right, right);
    else columns.push({ left, right });
  }
  return columns;
}
