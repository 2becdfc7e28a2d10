import { convertDocx } from "./formats/docx.ts";
import { convertEpub } from "./formats/epub.ts";
import { convertOdp } from "./formats/odp.ts";
import { convertOds } from "./formats/ods.ts";
import { convertOdt } from "./formats/odt.ts";
import { convertPdf } from "./formats/pdf.ts";
import { convertPptx } from "./formats/pptx.ts";
import { convertXlsx } from "./formats/xlsx.ts";
import type { ZipFormat } from "./recognise-zip.ts";

/** Binary documents by their formats. To add one: its file in `formats/`, its line here, and how `recognise.ts` tells it. */
const converters: Readonly<Record<DocumentFormat, (bytes: Uint8Array) => Promise<string> | string>> = {
  docx: convertDocx,
  epub: convertEpub,
  odp: convertOdp,
  ods: convertOds,
  odt: convertOdt,
  pdf: convertPdf,
  pptx: convertPptx,
  xlsx: convertXlsx,
};

export type DocumentFormat = ZipFormat | "pdf";

/** @throws {Unconvertible} with the reason; anything else that is thrown means damage */
export async function convertDocument(bytes: Uint8Array, format: DocumentFormat): Promise<string> {
  return converters[format](bytes);
}
