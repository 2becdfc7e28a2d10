import { Unconvertible } from "../unconvertible.ts";
import { escapeMarkdown } from "./escape.ts";
import { writeTable } from "./table.ts";

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

/**
 * A heading for each sheet, and a table for each block of rows without an empty one between: a sheet is often several tables.
 * Columns in which a block has nothing are left out, so a cell in the last row and column costs a cell.
 */
export function createSheetWriter(): SheetWriter {
  const parts: string[] = [];
  let block: SheetRow[] = [];
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
    add(number, row) {
      if (row.texts.length === 0) return;
      for (const text of row.texts) length += text.length + 3;
      if (length > maxLength) throw new Unconvertible("its sheets are too long to be read at once; divide them");
      if (number !== blockStart + block.length) {
        endBlock();
        blockStart = number;
      }
      block.push(row);
    },
    end() {
      endBlock();
      return length === 0 ? "" : parts.join("\n\n");
    },
  };
}

function writeBlock(rows: readonly SheetRow[], start: number): string {
  const used = [...new Set(rows.flatMap(({ columns }) => columns))].sort((a, b) => a - b);
  const cells = rows.reduce((sum, row) => sum + row.columns.length, 0);
  if (cells === 1) return toText(rows[0]?.texts[0] ?? "");
  if (rows.length * used.length > 10_000 + 20 * cells)
    return rows.map((row, index) => writeSparse(row, start + index)).join("\n");
  const places = new Map(used.map((column, place) => [column, place]));
  return writeTable(
    rows.map(({ columns, texts }) => {
      const line = Array<string>(1 + (places.get(columns.at(-1) ?? 0) ?? 0)).fill("");
      columns.forEach((column, index) => (line[places.get(column) ?? 0] = toText(texts[index] ?? "")));
      return line;
    }),
  );
}

/** What would be a table of holes is told cell by cell. */
function writeSparse({ columns, texts }: SheetRow, number: number): string {
  const cells = columns.map((column, index) => `${columnName(column)}${number + 1}: ${toText(texts[index] ?? "")}`);
  return `- ${cells.join("; ").replace(/\s+/g, " ")}`;
}

/** A to XFD. */
function columnName(column: number): string {
  const letter = String.fromCharCode(65 + (column % 26));
  return column < 26 ? letter : columnName(Math.floor(column / 26) - 1) + letter;
}

function toText(text: string): string {
  return /^[\p{L}\p{N} .,:%-]*$/u.test(text) ? text : escapeMarkdown(text);
}
