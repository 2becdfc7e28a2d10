import type { SheetWriter } from "../sheet.ts";
import { readXmlEvents } from "../xml-events.ts";
import type { Formats } from "./formats.ts";

export interface SheetContext {
  readonly formats: Formats;
  readonly strings: readonly string[];
}

/** Hands on a sheet's rows (ECMA-376 part 1 §18.3.1) as they come. */
export function readSheet(content: Uint8Array, context: SheetContext, writer: SheetWriter): void {
  let row = -1;
  let column = -1;
  let columns: number[] = [];
  let texts: string[] = [];
  let cell: Readonly<Record<string, string>> = {};
  let value = "";
  let formula = "";
  let inline = "";
  let within = "";

  readXmlEvents(content, {
    opened(name, attributes) {
      within = name;
      if (name === "row") {
        // Both may be left out, and are then the next.
        row = toNumber(attributes.r, row + 1);
        column = -1;
        columns = [];
        texts = [];
      } else if (name === "c") {
        cell = attributes;
        column = columnOf(attributes.r) ?? column + 1;
        value = formula = inline = "";
      }
    },
    text(piece) {
      if (within === "v") value += piece;
      else if (within === "f") formula += piece;
      else if (within === "t") inline += piece;
    },
    closed(name) {
      within = "";
      if (name === "row") writer.add(row, { columns, texts });
      if (name !== "c") return;
      const text = toText();
      const isNext = column > (columns.at(-1) ?? -1);
      if (text.trim() === "" || !isNext) return;
      columns.push(column);
      texts.push(text);
    },
  });

  function toText(): string {
    switch (cell.t) {
      case "s":
        return context.strings[Number(value)] ?? "";
      case "inlineStr":
        return inline;
      case "b":
        return value === "1" || value === "true" ? "TRUE" : "FALSE";
      case "str":
      case "e":
        return value;
      case "d":
        return value.replace("T", " ");
      default:
        return value === "" && formula !== "" ? `=${formula}` : context.formats.format(value, Number(cell.s ?? 0));
    }
  }
}

function toNumber(reference: string | undefined, next: number): number {
  const number = Number(reference) - 1;
  return Number.isInteger(number) && number >= next ? number : next;
}

/** Of `XFD12`, counted from 0. */
function columnOf(reference = ""): number | undefined {
  let column = 0;
  for (let index = 0; index < 3; index++) {
    const letter = reference.charCodeAt(index) - 64;
    if (!(letter >= 1 && letter <= 26)) break;
    column = column * 26 + letter;
  }
  return column === 0 ? undefined : column - 1;
}
