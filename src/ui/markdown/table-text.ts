import { tableLimits } from "./limits.ts";

const rule = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-*:?[ \t]*)*$/;

/** Whether a block begins as a table does: a row, and the rule below it. */
export function isTable(raw: string): boolean {
  const [head = "", below = ""] = firstLines(raw);
  return head.includes("|") && below.length < 10_000 && rule.test(below);
}

export function isTooWide(raw: string): boolean {
  const [head = ""] = firstLines(raw);
  return head.length > tableLimits.columns && head.split("|").length > tableLimits.columns + 2 && isTable(raw);
}

function firstLines(raw: string): string[] {
  const end = raw.indexOf("\n", raw.indexOf("\n") + 1);
  return raw.slice(0, end === -1 ? raw.length : end).split("\n");
}

/** Rows as spreadsheets read them. */
export function toCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => row.map(toField).join(",")).join("\r\n");
}

function toField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
