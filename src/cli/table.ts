/** Rows under a heading, in columns as wide as their widest cell. */
export function toTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...lines.map((line) => Bun.stringWidth(line[column] ?? ""))));
  const toLine = (line: readonly string[]) =>
    line.map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - Bun.stringWidth(cell))).join("  ");
  return lines.map((line) => `${toLine(line).trimEnd()}\n`).join("");
}
