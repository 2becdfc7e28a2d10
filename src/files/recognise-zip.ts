import { readEntry, documentLimits } from "./unpack.ts";
import { Unconvertible } from "./unconvertible.ts";
import { listEntries, type Bytes, type ZipEntry } from "./zip-directory.ts";

export type ZipFormat = "docx" | "pptx" | "xlsx" | "odt" | "ods" | "odp" | "epub";

export function isZip(sample: Buffer): boolean {
  return sample.length >= 22 && (sample.readUInt32BE(0) === 0x504b0304 || sample.readUInt32BE(0) === 0x504b0506);
}

/** A zip is an archive, unless what it holds makes it a document. @throws {Unconvertible} for a document of another kind */
export function recogniseZip(bytes: Bytes): { is: "document"; format: ZipFormat } | { is: "archive"; packing: "zip" } {
  const tellers = findTellers(bytes);
  const format = formatOf(tellers, bytes);
  if (format) return { is: "document", format };
  if (tellers.has("Index/Document.iwa") || tellers.has("Index.zip"))
    throw new Unconvertible("it is of Pages, Numbers or Keynote; export it as docx, xlsx, pptx or PDF");
  return { is: "archive", packing: "zip" };
}

const telling =
  /^(mimetype|\[Content_Types\]\.xml|META-INF\/container\.xml|Index\/Document\.iwa|Index\.zip|(word|xl|ppt)\/.*)$/;
const looked = 10_000;

function findTellers(bytes: Bytes): Map<string, ZipEntry> {
  const tellers = new Map<string, ZipEntry>();
  let count = 0;
  for (const entry of listEntries(bytes)) {
    if (++count > looked) break;
    if (telling.test(entry.name)) tellers.set(entry.name, entry);
  }
  return tellers;
}

function formatOf(tellers: ReadonlyMap<string, ZipEntry>, bytes: Bytes): ZipFormat | undefined {
  const mimetype = tellers.get("mimetype");
  // It says so in its first member, unpacked and never encrypted.
  if (mimetype && mimetype.packedBytes < 200) {
    const type = new TextDecoder().decode(readEntry(bytes, mimetype, documentLimits, 1024)).trim();
    const format = openFormats[type.replace(/-template$/, "")];
    if (format) return format;
    if (type.startsWith("application/vnd.oasis.opendocument."))
      throw new Unconvertible("it is a drawing or a formula of its own; export it as PDF");
  }
  if (tellers.has("META-INF/container.xml")) return "epub";
  if (!tellers.has("[Content_Types].xml")) return undefined;
  const names = [...tellers.keys()];
  const [, format] = officeFolders.find(([folder]) => names.some((name) => name.startsWith(folder))) ?? [];
  return format;
}

const openFormats: Readonly<Record<string, ZipFormat>> = {
  "application/vnd.oasis.opendocument.text": "odt",
  "application/vnd.oasis.opendocument.text-master": "odt",
  "application/vnd.oasis.opendocument.spreadsheet": "ods",
  "application/vnd.oasis.opendocument.presentation": "odp",
  "application/epub+zip": "epub",
};

const officeFolders = [
  ["word/", "docx"],
  ["ppt/", "pptx"],
  ["xl/", "xlsx"],
] as const;
