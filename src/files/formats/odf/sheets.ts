import type { SheetWriter } from "../sheet.ts";
import { readXmlEvents } from "../xml-events.ts";

/** Within these stands what is not in the cells: comments, pictures, what was deleted. */
const leftOut = new Set(["annotation", "shapes", "frame", "tracked-changes", "custom-shape", "g", "control", "forms"]);

/** Hands on the rows of all sheets as they come. What is repeated and empty costs nothing. */
export function readSheets(content: Uint8Array, writer: SheetWriter): void {
  let outside = 0;
  let row = 0;
  let rowRepeats = 1;
  let column = 0;
  let columnRepeats = 1;
  let columns: number[] = [];
  let texts: string[] = [];
  let shown = "";
  let value: string | undefined;
  let isParagraph = false;

  readXmlEvents(content, {
    opened(name, attributes) {
      if (outside > 0 || leftOut.has(name)) {
        outside++;
        return;
      }
      switch (name) {
        case "table":
          writer.begin(attributes["table:name"] ?? "");
          row = 0;
          break;
        case "table-row":
          rowRepeats = toCount(attributes["table:number-rows-repeated"]);
          column = 0;
          columns = [];
          texts = [];
          break;
        case "table-cell":
        case "covered-table-cell":
          columnRepeats = toCount(attributes["table:number-columns-repeated"]);
          shown = "";
          value = toValue(attributes);
          break;
        case "p":
          isParagraph = true;
          if (shown !== "") shown += "\n";
          break;
        case "s":
          shown += " ".repeat(Math.min(toCount(attributes["text:c"]), 100));
          break;
        case "line-break":
          shown += "\n";
          break;
        case "tab":
          shown += "\t";
          break;
        default:
      }
    },
    text(piece) {
      if (isParagraph && outside === 0) shown += piece;
    },
    closed(name) {
      if (outside > 0) {
        outside--;
        return;
      }
      if (name === "p") isParagraph = false;
      else if (name === "table-cell" || name === "covered-table-cell") endCell();
      else if (name === "table-row") endRow();
    },
  });

  function endCell(): void {
    const text = value ?? shown;
    if (text.trim() !== "")
      for (let each = column; each < Math.min(column + columnRepeats, maxColumns); each++) {
        columns.push(each);
        texts.push(text);
      }
    column += columnRepeats;
  }

  function endRow(): void {
    if (texts.length > 0)
      for (let repeat = 0; repeat < rowRepeats; repeat++) writer.add(row + repeat, { columns, texts });
    row += rowRepeats;
  }
}

/** As many as a sheet can have. */
const maxColumns = 16_384;
const maxRows = 1_048_576;

function toCount(value: string | undefined): number {
  const count = Number(value ?? 1);
  return Number.isInteger(count) && count > 0 ? Math.min(count, maxRows) : 1;
}

/** What is not taken as it is shown, since everybody shows it in their own way. */
function toValue(attributes: Readonly<Record<string, string>>): string | undefined {
  const type = attributes["office:value-type"];
  if (type === "boolean") return attributes["office:boolean-value"]?.toUpperCase();
  return type === "date" ? attributes["office:date-value"]?.replace("T", " ").replace(/[.,]\d+$/, "") : undefined;
}
