/** What a spreadsheet takes for the beginning of a formula, in either width; it also looks past what is blank. */
const formula = /^[\s]*[=+\-@＝＋－＠]|^[\t\r\n]/;

/**
 * A row of CSV (RFC 4180), with its end. Texts are always quoted: which sign parts cells depends on the reader's country. One
 * that would be a formula begins with an apostrophe, since spreadsheets obey formulas whoever wrote them.
 */
export function toCsvRow(cells: readonly (string | number | null)[]): string {
  return `${cells.map(toCell).join(",")}\r\n`;
}

function toCell(cell: string | number | null): string {
  if (typeof cell !== "string") return cell === null ? "" : String(cell);
  return `"${formula.test(cell) ? "'" : ""}${cell.replaceAll('"', '""')}"`;
}
