import { Unconvertible } from "../unconvertible.ts";
import { escapeMarkdown } from "./escape.ts";
import { toCell, writeHeading, writeRow } from "./table.ts";

/** Cells with something in them, by their columns, the first of which is 0, in order. */
export interface SheetRow {
  readonly columns: readonly number[];
  readonly texts: readonly string[];
}

/** Sheets being written, in the order in which their rows come. */
export interface SheetWriter {
  begin(name: string): void;
  /** Rows are numbered from 0 and only grow; those without cells need not be told. @throws {Unconvertible} beyond the limit */
  add(number: number, row: SheetRow): void;
  /** Empty, where all the sheets are. */
  end(): string;
}

/** What is repeated by the million is said as often: it is a text that nobody reads. */
const maxLength = 64 * 1024 * 1024;

/** A row as it waits for the end of its block: its cells as they will stand in a table, a line each. One string, not a hundred. */
interface HeldRow {
  readonly columns: readonly number[];
  readonly cells: string;
}

/**
 * A heading for each sheet, and a table for each block of rows without an empty one between: a sheet is often several tables.
 * Columns in which a block has nothing are left out, so a cell in the last row and column costs a cell.
 */
export function createSheetWriter(): SheetWriter {
  const parts: string[] = [];
  let block: HeldRow[] = [];
  let blockStart = 0;
  let length = 0;

  function endBlock(): void {
    if (block.length > 0) parts.push(writeBlock(block, blockStart));
    block = [];
  }

  return {
    begin(name) {
      endBlock();
      parts.push(`## ${escapeMarkdown(name.replace(/\s+/g, " ").trim())}`);
    },
    add(number, { columns, texts }) {
      if (texts.length === 0) return;
      const cells = texts.map(toTableCell).join("\n");
      length += cells.length + 2 * texts.length;
      if (length > maxLength) throw new Unconvertible("its sheets are too long to be read at once; divide them");
      if (number !== blockStart + block.length) {
        endBlock();
        blockStart = number;
      }
      const above = block.at(-1)?.columns;
      block.push({ columns: above && isSame(above, columns) ? above : columns, cells });
    },
    end() {
      endBlock();
      return length === 0 ? "" : parts.join("\n\n");
    },
  };
}

function writeBlock(rows: readonly HeldRow[], start: number): string {
  const used = usedColumns(rows);
  const count = rows.reduce((sum, { columns }) => sum + columns.length, 0);
  const [first] = rows;
  if (!first || count === 1) return (first?.cells ?? "").replaceAll("<br>", "  \n");
  if (rows.length * used.length > 10_000 + 20 * count)
    return rows.map((row, index) => writeSparse(row, start + index)).join("\n");
  const places = new Map(used.map((column, place) => [column, place]));
  const lines = rows.map((row, index) => {
    const cells = placeCells(row, places);
    return index === 0 ? writeHeading(cells, used.length) : writeRow(cells);
  });
  return lines.join("\n");
}

function usedColumns(rows: readonly HeldRow[]): number[] {
  const used = new Set<number>();
  let above: readonly number[] | undefined;
  for (const { columns } of rows) {
    if (columns !== above) for (const column of columns) used.add(column);
    above = columns;
  }
  return [...used].sort((a, b) => a - b);
}

function placeCells({ columns, cells }: HeldRow, places: ReadonlyMap<number, number>): string[] {
  const line = Array<string>(1 + (places.get(columns.at(-1) ?? 0) ?? 0)).fill("");
  cells.split("\n").forEach((cell, index) => (line[places.get(columns[index] ?? 0) ?? 0] = cell));
  return line;
}

/** What would be a table of holes is told cell by cell. */
function writeSparse({ columns, cells }: HeldRow, number: number): string {
  const told = cells.split("\n").map((cell, index) => `${columnName(columns[index] ?? 0)}${number + 1}: ${cell}`);
  return `- ${told.join("; ")}`;
}

/** A to XFD. */
function columnName(column: number): string {
  const letter = String.fromCharCode(65 + (column % 26));
  return column < 26 ? letter : columnName(Math.floor(column / 26) - 1) + letter;
}

function toTableCell(text: string): string {
  return /^[\p{L}\p{N} .,:%-]*$/u.test(text) ? text.trim() : toCell(escapeMarkdown(text));
}

function isSame(some: readonly number[], others: readonly number[]): boolean {
  return some.length === others.length && some.every((column, index) => column === others[index]);
}
