/**
 * A Markdown table; its first row becomes the heading, which Markdown has to have. Cells are Markdown already; their lines
 * are joined by `<br>`. Only the heading is as wide as the widest row: what is empty at a row's end is left out, so that a
 * table is never much longer than what it says.
 */
export function writeTable(rows: readonly (readonly string[])[]): string {
  const lines = rows.map((row) => trimEnd(row.map(toCell))).filter((row, index) => row.length > 0 || index === 0);
  const width = lines.reduce((widest, row) => Math.max(widest, row.length), 0);
  if (width === 0) return "";
  const [heading = [], ...body] = lines;
  return [writeHeading(heading, width), ...body.map(writeRow)].join("\n");
}

/** What a cell holds, on one line. */
export function toCell(markdown: string): string {
  const text = markdown.includes("|") ? markdown.replaceAll("|", "\\|") : markdown;
  if (!/[\r\n]/.test(text)) return text.trim();
  const lines = text.split(/[\r\n]/).map((line) => line.trim());
  return lines.filter((line) => line !== "").join("<br>");
}

/** The first two lines of a table. */
export function writeHeading(cells: readonly string[], width: number): string {
  const padded = [...cells, ...Array<string>(width - cells.length).fill("")];
  return `${writeRow(padded)}\n${writeRow(Array<string>(width).fill("---"))}`;
}

export function writeRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function trimEnd(row: readonly string[]): readonly string[] {
  return row.slice(0, row.findLastIndex((cell) => cell !== "") + 1);
}
