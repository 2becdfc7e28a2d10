import { damaged } from "../unconvertible.ts";
import { assertText } from "./assert-text.ts";
import { openOdf } from "./odf/package.ts";
import { readSheets } from "./odf/sheets.ts";
import { createSheetWriter } from "./sheet.ts";

/** OpenDocument's spreadsheets, as Excel's: sheet by sheet, values as they are shown, dates as ISO 8601 has them. */
export function convertOds(bytes: Uint8Array): string {
  const content = openOdf(bytes).readBytes("content.xml");
  if (!content) throw damaged();
  const writer = createSheetWriter();
  readSheets(content, writer);
  return assertText(writer.end());
}
