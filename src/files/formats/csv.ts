import { parse } from "papaparse";
import { escapeMarkdown } from "./escape.ts";
import { writeTable } from "./table.ts";

/** One table, whatever separates the fields; the first row is its heading. */
export function convertCsv(text: string): string {
  const { data } = parse<string[]>(text, { skipEmptyLines: "greedy" });
  return writeTable(data.map((row) => row.map((cell) => escapeMarkdown(cell))));
}
