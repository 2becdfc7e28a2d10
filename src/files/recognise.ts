import { fileTypeFromBlob } from "file-type";
import { extname } from "node:path";
import { isText } from "./charset.ts";
import type { DocumentFormat } from "./convert-document.ts";
import { openFileBytes } from "./file-bytes.ts";
import { encrypted, Unconvertible } from "./unconvertible.ts";
import { recogniseText, type TextFormat } from "./recognise-text.ts";
import { isZip, recogniseZip } from "./recognise-zip.ts";
import { isTar } from "./tar-members.ts";
import type { Bytes } from "./zip-directory.ts";

/** What a file is, which its content decides; its extension only where the content leaves it open. */
export type Kind =
  | { readonly is: "media"; readonly type: string }
  | { readonly is: "archive"; readonly packing: "zip" | "tar" | "gzip" }
  | { readonly is: "document"; readonly format: DocumentFormat }
  | { readonly is: "mail" }
  | { readonly is: "text"; readonly format: Exclude<TextFormat, "mail"> };

const sampledBytes = 64 * 1024;

/** @throws {Unconvertible} for what nothing can be done with */
export async function recognise(path: string, name: string): Promise<Kind> {
  using bytes = openFileBytes(path);
  if (bytes.length === 0) throw new Unconvertible("it is empty");
  const sample = Buffer.from(bytes.subarray(0, sampledBytes));
  // Some writers put a line of their own before it.
  if (sample.subarray(0, 1024).includes("%PDF-")) return { is: "document", format: "pdf" };
  if (isZip(sample)) return recogniseZip(bytes);
  if (isTar(sample)) return { is: "archive", packing: "tar" };
  // Before any other signature: a text may well begin with `BM`, as a picture does.
  if (isText(sample)) {
    const format = recogniseText(sample, extname(name).slice(1).toLowerCase());
    return format === "mail" ? { is: "mail" } : { is: "text", format };
  }
  // Not by its path: for that it loads a module that is not in the binary.
  const found = await fileTypeFromBlob(Bun.file(path));
  const type = found?.mime.replace(/;.*/, "") ?? "";
  const kept = mediaTypes[type];
  if (kept) return { is: "media", type: kept };
  if (type === "application/gzip") return { is: "archive", packing: "gzip" };
  if (isCompoundFile(sample) && holds(bytes, Buffer.from("EncryptedPackage", "utf16le"))) throw encrypted();
  throw new Unconvertible(whyNot(type, sample));
}

/** The media of contract §5, as `file-type` calls them, and what they are served as. */
const mediaTypes: Readonly<Record<string, string>> = {
  "image/jpeg": "image/jpeg",
  "image/png": "image/png",
  "image/apng": "image/png",
  "image/gif": "image/gif",
  "image/webp": "image/webp",
  "audio/wav": "audio/wav",
  "audio/mpeg": "audio/mpeg",
  "audio/flac": "audio/flac",
  "audio/ogg": "audio/ogg",
  "audio/mp4": "audio/mp4",
  "audio/x-m4a": "audio/mp4",
  "video/matroska": "video/x-matroska",
  "video/webm": "video/webm",
  "video/mp4": "video/mp4",
  "video/x-m4v": "video/mp4",
  "video/quicktime": "video/quicktime",
  "video/vnd.avi": "video/x-msvideo",
  "video/ogg": "video/ogg",
  "application/ogg": "video/ogg",
  "video/mpeg": "video/mpeg",
  "video/MP1S": "video/mpeg",
  "video/MP2P": "video/mpeg",
};

function whyNot(type: string, sample: Buffer): string {
  if (isCompoundFile(sample))
    return "it is of an old Office format; save it as docx, xlsx, pptx or PDF, or a mail as eml";
  if (type.startsWith("image/")) return "it is a picture of a kind that is not shown; save it as JPEG or PNG";
  if (type.startsWith("audio/")) return "it is sound of a kind that is not played; save it as MP3 or WAV";
  if (type.startsWith("video/")) return "it is a film of a kind that is not played; save it as MP4";
  if (packed.test(type)) return "it is an archive of a kind that is not opened; pack it as zip or tar.gz";
  return "it is no document, picture, sound or film that can be read";
}

const packed = /^application\/(x-(rar|bzip2|7z|xz|lz|ace|arj|cpio|compress)|lzip|zstd|vnd\.ms-cab)/;

/** The container of the old Office formats, and of new ones that are encrypted. */
function isCompoundFile(sample: Buffer): boolean {
  return sample.length >= 8 && sample.readUInt32BE(0) === 0xd0cf11e0;
}

function holds(bytes: Bytes, needle: Buffer): boolean {
  const step = 1024 * 1024;
  for (let at = 0; at < bytes.length; at += step) {
    if (Buffer.from(bytes.subarray(at, at + step + needle.length)).includes(needle)) return true;
  }
  return false;
}
