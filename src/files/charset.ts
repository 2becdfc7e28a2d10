import { analyse } from "chardet";
import { Unconvertible } from "./unconvertible.ts";

/** Whether what a file begins with is that of a text, in any charset. */
export function isText(sample: Uint8Array): boolean {
  if (wideCharset(sample)) return true;
  const isUtf8 = decodes(sample);
  // What is valid UTF-8 may hold a stray NUL, as logs do; else one such byte tells a binary file.
  if (!isUtf8 && sample.includes(0)) return false;
  return shareOfControls(sample) < 0.01;
}

/**
 * The text, with line feeds alone at the ends of lines, and without NUL, which no reader of ours wants.
 *
 * Of a page of the web `told` is what its host says of it, or nothing; then what is said is believed before it is looked
 * at, in the order of the Encoding standard: a page is written for browsers, which do so. A file that somebody saved may
 * have become UTF-8 on its way, whatever it says.
 *
 * @throws {Unconvertible} where it is in no charset that is known
 */
export function decodeText(bytes: Uint8Array, page?: { readonly told: string | undefined }): string {
  return decodeAny(bytes, page).replace(/\r\n?/g, "\n").replaceAll("\0", "");
}

function decodeAny(bytes: Uint8Array, page: { readonly told: string | undefined } | undefined): string {
  const wide = wideCharset(bytes.subarray(0, sampledBytes));
  if (wide) return new TextDecoder(wide).decode(bytes);
  const isMarked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const believed = page && !isMarked ? decodeAsTold(bytes, [page.told, declaredCharset(bytes), "utf-8"]) : undefined;
  if (believed !== undefined) return believed;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder(declaredCharset(bytes) ?? guessCharset(bytes)).decode(bytes);
  }
}

/** In the first of them that is known and that it can be in: hardly a thing in it is wrong. */
function decodeAsTold(bytes: Uint8Array, charsets: readonly (string | undefined)[]): string | undefined {
  for (const charset of charsets) {
    if (charset === undefined || !isKnown(charset)) continue;
    const text = new TextDecoder(charset).decode(bytes);
    if ((text.match(/\ufffd/g)?.length ?? 0) <= text.length / 1000) return text;
  }
  return undefined;
}

const sampledBytes = 64 * 1024;

/** UTF-16 by its byte order mark; without one by its NULs, since every ASCII sign has one, always on the same side. */
function wideCharset(sample: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (sample[0] === 0xff && sample[1] === 0xfe) return isReadable(sample, "utf-16le") ? "utf-16le" : undefined;
  if (sample[0] === 0xfe && sample[1] === 0xff) return isReadable(sample, "utf-16be") ? "utf-16be" : undefined;
  const nulls = [0, 0];
  sample.forEach((byte, at) => {
    if (byte === 0) nulls[at % 2]! += 1;
  });
  const [even = 0, odd = 0] = nulls;
  if (even + odd < sample.length / 8) return undefined;
  const charset = even > odd ? "utf-16be" : "utf-16le";
  return Math.min(even, odd) < Math.max(even, odd) / 50 && isReadable(sample, charset) ? charset : undefined;
}

/** Whether hardly a control character, and nothing that is no character, is to be seen. */
function isReadable(sample: Uint8Array, charset: string): boolean {
  const text = new TextDecoder(charset).decode(sample.subarray(0, sample.length & ~1));
  const odd = text.match(/(?!\s)[\p{Cc}\p{Cn}\ufffd]/gu) ?? [];
  return odd.length <= text.length / 100;
}

/** Cut anywhere, a character at its end may be one half. */
function decodes(sample: Uint8Array, charset = "utf-8"): boolean {
  try {
    new TextDecoder(charset, { fatal: true }).decode(sample, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function shareOfControls(sample: Uint8Array): number {
  let count = 0;
  for (const byte of sample) {
    if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27) || byte === 127) count++;
  }
  return count / sample.length;
}

/** What HTML or XML says of itself in its head. It can be read, so it is not UTF-16; that it is UTF-8 was looked at. */
function declaredCharset(bytes: Uint8Array): string | undefined {
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 1024)).replace(/<!--.*?-->/gs, "");
  const [, html] = /<meta\s[^>]*\bcharset\s*=\s*["']?\s*([\w.:+-]+)/i.exec(head) ?? [];
  const [, xml] = /^<\?xml[^>]*\bencoding\s*=\s*["']([\w.:+-]+)/i.exec(head) ?? [];
  return [html, xml].find((name) => name !== undefined && isKnown(name) && !/^utf-?(8|16)/i.test(name));
}

/** The likeliest in which nothing is wrong; where something is in each, the likeliest. */
function guessCharset(bytes: Uint8Array): string {
  const guesses = analyse(bytes.subarray(0, sampledBytes)).map(({ name }) => name);
  const known = guesses.filter(isKnown);
  const guess = known.find((name) => decodes(bytes, name)) ?? known[0];
  if (!guess) throw new Unconvertible("it is in a charset that is not known; save it as UTF-8");
  return guess;
}

function isKnown(charset: string): boolean {
  try {
    return new TextDecoder(charset).encoding !== "";
  } catch {
    return false;
  }
}
