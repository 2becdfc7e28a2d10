import { ApiError } from "../protocol/errors.ts";
import type { DocumentPart } from "../protocol/buckets.ts";

/** Some screens of it. */
const partBytes = 64 * 1024;

/** So much of a text from there on, in whole characters. @throws {ApiError} `not_found` for a file that is gone */
export async function readPart({ path }: { readonly path: string }, from: number): Promise<DocumentPart> {
  const file = Bun.file(path);
  if (!(await file.exists())) throw new ApiError("not_found", "its text is gone");
  const { size } = file;
  const bytes = await file.slice(from, Math.min(from + partBytes, size)).bytes();
  const start = bytes.findIndex(isFirst);
  const last = from + bytes.byteLength < size ? bytes.findLastIndex(isFirst) : 0;
  const end = last > 0 ? last : bytes.byteLength;
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(Math.max(start, 0), end));
  return { text, bytes: size, next: from + end < size ? from + end : null };
}

/** Of a character, in UTF-8. */
function isFirst(byte: number): boolean {
  return (byte & 0xc0) !== 0x80;
}
