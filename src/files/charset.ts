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
 * @throws {Unconvertible} where it is in no charset that is known
 */
export function decodeText(bytes: Uint8Array, told?: string): string {
  return decodeAny(bytes, told).replace(/\r\n?/g, "\n").replaceAll("\0", "");
}

function decodeAny(bytes: Uint8Array, told?: string): string {
  const wide = wideCharset(bytes.subarray(0, sampledBytes));
  if (wide) return new TextDecoder(wide).decode(bytes);
  if (told !== undefined && isKnown(told)) return new TextDecoder(told).decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder(declaredCharset(bytes) ?? guessCharset(bytes)).decode(bytes);
  }
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

/** What XML or HTML says of itself in its head. */
function declaredCharset(bytes: Uint8Array): string | undefined {
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 1024));
  const [, xml, html] = /^<\?xml[^>]*\bencoding=["']([\w-]+)|<meta[^>]*\bcharset=["']?([\w-]+)/i.exec(head) ?? [];
  const name = xml ?? html;
  return name && isKnown(name) && !/^utf-?(8|16)/i.test(name) ? name : undefined;
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
