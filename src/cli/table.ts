/** Rows under a heading, in columns as wide as their widest cell. */
export function toTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heading, ...rows].map((line) => line.map(toCell));
  const widths = heading.map((_, column) => Math.max(...lines.map((line) => Bun.stringWidth(line[column] ?? ""))));
  const toLine = (line: readonly string[]) =>
    line.map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - Bun.stringWidth(cell))).join("  ");
  return lines.map((line) => `${toLine(line).trimEnd()}\n`).join("");
}

/** What comes from outside may hold what a terminal obeys, or turns text around. */
function toCell(text: string): string {
  return text.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "�");
}
