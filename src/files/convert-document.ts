import type { ZipFormat } from "./recognise-zip.ts";

type Convert = (bytes: Uint8Array) => Promise<string> | string;

/**
 * Binary documents by their formats, each loaded with the first of its kind: all of them take longer to load than most
 * documents to convert. To add one: its file in `formats/`, its line here, and how `recognise.ts` tells it.
 */
const converters: Readonly<Record<DocumentFormat, () => Promise<Convert>>> = {
  docx: async () => (await import("./formats/docx.ts")).convertDocx,
  epub: async () => (await import("./formats/epub.ts")).convertEpub,
  odp: async () => (await import("./formats/odp.ts")).convertOdp,
  ods: async () => (await import("./formats/ods.ts")).convertOds,
  odt: async () => (await import("./formats/odt.ts")).convertOdt,
  pdf: async () => (await import("./formats/pdf.ts")).convertPdf,
  pptx: async () => (await import("./formats/pptx.ts")).convertPptx,
  xlsx: async () => (await import("./formats/xlsx.ts")).convertXlsx,
};

export type DocumentFormat = ZipFormat | "pdf";

/** @throws {Unconvertible} with the reason; anything else that is thrown means damage */
export async function convertDocument(bytes: Uint8Array, format: DocumentFormat): Promise<string> {
  const convert = await converters[format]();
  return convert(bytes);
}
