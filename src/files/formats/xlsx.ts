import { Unconvertible } from "../unconvertible.ts";
import { assertText } from "./assert-text.ts";
import { findRelated, openOfficePackage } from "./office-package.ts";
import { createSheetWriter } from "./sheet.ts";
import { childOf, childrenOf } from "./xml.ts";
import { createFormats } from "./xlsx/formats.ts";
import { readSharedStrings } from "./xlsx/shared-strings.ts";
import { readSheet } from "./xlsx/sheet-reader.ts";

/**
 * Excel's workbooks, sheet by sheet, hidden ones too: values as they are shown, dates as ISO 8601 has them, formulas as what they
 * came to last, or themselves where nobody has reckoned yet. Comments, charts and pictures are left out.
 */
export function convertXlsx(bytes: Uint8Array): string {
  const office = openOfficePackage(bytes, "xlsx");
  if (office.main.endsWith(".bin")) throw new Unconvertible("it is a binary workbook; save it as .xlsx");
  const workbook = office.read(office.main);
  const relations = office.relations(office.main);
  const stylesPath = findRelated(relations, "styles");
  const stringsPath = findRelated(relations, "sharedStrings");
  const context = {
    formats: createFormats(stylesPath === undefined ? undefined : office.read(stylesPath), is1904(workbook)),
    strings: readSharedStrings(stringsPath === undefined ? undefined : office.zip.read(stringsPath)),
  };
  const writer = createSheetWriter();
  for (const { attributes } of childrenOf(childOf(workbook, "sheets"), "sheet")) {
    const sheet = relations.get(attributes["r:id"] ?? "");
    const content = sheet?.type === "worksheet" ? office.zip.read(sheet.target) : undefined;
    if (!content) continue;
    writer.begin(attributes.name ?? "");
    readSheet(content, context, writer);
  }
  return assertText(writer.end());

  function is1904(root: typeof workbook): boolean {
    return /^(1|true)$/.test(childOf(root, "workbookPr")?.attributes.date1904 ?? "");
  }
}
