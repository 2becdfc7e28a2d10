import { ApiError } from "../protocol/errors.ts";

/** An object of a file, as its bytes, or how it is unlike one. */
export type Element = { readonly bytes: Uint8Array } | { readonly refusal: string };

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
/** White space, what parts elements, and a byte order mark. */
const between = new Set([0x20, 0x09, 0x0a, 0x0d, comma, 0xef, 0xbb, 0xbf]);

/**
 * The objects of a file of JSON, one at a time, however large it is: one of them, an array, or one after the other. Only
 * where they end is looked for; whether they are JSON is seen when they are read.
 *
 * @throws {ApiError} `invalid_json` where something else stands among them
 */
export async function* splitElements(pieces: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Element> {
  let depth = 0;
  let isText = false;
  let isEscaped = false;
  let length = 0;
  let parts: Uint8Array[] = [];
  for await (const piece of pieces) {
    let start = depth > 0 ? 0 : -1;
    for (let at = 0; at < piece.length; at++) {
      const byte = piece[at] ?? 0;
      if (isText) {
        if (isEscaped) isEscaped = false;
        else if (byte === backslash) isEscaped = true;
        else if (byte === quote) isText = false;
      } else if (depth === 0) {
        if (byte === openBrace) {
          depth = 1;
          start = at;
        } else if (byte !== openBracket && byte !== closeBracket && !between.has(byte)) {
          throw new ApiError("invalid_json", "the file is not JSON: an object, or an array of objects");
        }
      } else if (byte === quote) isText = true;
      else if (byte === openBrace || byte === openBracket) depth++;
      else if ((byte === closeBrace || byte === closeBracket) && --depth === 0) {
        length += at + 1 - start;
        if (length <= maxBytes) parts.push(piece.subarray(start, at + 1));
        yield length > maxBytes ? { refusal: `it is larger than ${maxBytes} bytes` } : { bytes: Buffer.concat(parts) };
        parts = [];
        length = 0;
        start = -1;
      }
    }
    if (start === -1) continue;
    length += piece.length - start;
    // The file's reader may use its block again.
    if (length <= maxBytes) parts.push(Uint8Array.from(piece.subarray(start)));
    else parts = [];
  }
  if (depth > 0) yield { refusal: "the file ends within it" };
}
