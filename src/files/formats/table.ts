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
  const padded = [...heading, ...Array<string>(width - heading.length).fill("")];
  return [padded, Array<string>(width).fill("---"), ...body].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function toCell(markdown: string): string {
  const text = markdown.includes("|") ? markdown.replaceAll("|", "\\|") : markdown;
  if (!/[\r\n]/.test(text)) return text.trim();
  const lines = text.split(/[\r\n]/).map((line) => line.trim());
  return lines.filter((line) => line !== "").join("<br>");
}

function trimEnd(row: readonly string[]): readonly string[] {
  return row.slice(0, row.findLastIndex((cell) => cell !== "") + 1);
}
