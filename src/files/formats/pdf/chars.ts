import type { Pdfium } from "./pdfium.ts";
import { readUtf8 } from "./strings.ts";

/** A character where it stands, in points, upwards from the page's lower edge; turned so that it is read from left to right. */
export interface Char {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  /** Of the line on which it stands. */
  readonly baseline: number;
  /** Of its type, as it appears. */
  readonly size: number;
  readonly isBold: boolean;
  /** Which of four ways it is read: 0 from left to right, 1 upwards, 2 upside down, 3 downwards. */
  readonly turn: number;
  /** Of the marked content that it belongs to; -1 for none. */
  readonly mark: number;
  /** Which text object it is of: its address. */
  readonly object: number;
}

/** In the order of the page's content, in which nearly every program writes it to be read. */
export function readChars(pdfium: Pdfium, page: number): readonly Char[] {
  const text = pdfium.FPDFText_LoadPage(page);
  if (text === 0) return [];
  try {
    return repairClusters(collect(pdfium, text));
  } finally {
    pdfium.FPDFText_ClosePage(text);
  }
}

function collect(pdfium: Pdfium, text: number): Char[] {
  const { perChar } = pdfium;
  const chars: Char[] = [];
  const count = pdfium.FPDFText_CountChars(text);
  const isBold = createBoldTest(pdfium);
  let style: Style | undefined;
  for (let index = 0; index < count; index++) {
    // Spaces and ends of lines that it guesses at: we have our own guesses.
    if (perChar._FPDFText_IsGenerated(text, index) === 1) continue;
    const content = toText(perChar._FPDFText_GetUnicode(text, index));
    if (content === "") continue;
    const object = perChar._FPDFText_GetTextObject(text, index);
    if (style?.object !== object) style = { ...readStyle(pdfium, text, index, object), isBold: isBold(object) };
    chars.push(readChar(pdfium, text, index, content, style));
  }
  return chars;
}

type Style = Pick<Char, "object" | "size" | "isBold" | "turn" | "mark">;

/** By the names of fonts: the weights that they state are rarely right. */
function createBoldTest(pdfium: Pdfium): (object: number) => boolean {
  const known = new Map<number, boolean>();
  return (object) => {
    const font = object === 0 ? 0 : pdfium.FPDFTextObj_GetFont(object);
    if (font === 0) return false;
    const isBold =
      known.get(font) ??
      /bold|black|heavy|demi|cmbx/i.test(
        readUtf8(pdfium, (buffer, length) => pdfium.FPDFFont_GetBaseFontName(font, buffer, length)),
      );
    known.set(font, isBold);
    return isBold;
  };
}

function readStyle(pdfium: Pdfium, text: number, index: number, object: number): Omit<Style, "isBold"> {
  const { scratch } = pdfium;
  pdfium.FPDFText_GetMatrix(text, index, scratch);
  const [a = 1, b = 0, c = 0, d = 1] = pdfium.pdfium.HEAPF32.subarray(scratch / 4, scratch / 4 + 4);
  const scale = Math.hypot(c, d) || Math.hypot(a, b) || 1;
  return {
    object,
    size: pdfium.FPDFText_GetFontSize(text, index) * scale,
    turn: (Math.round(Math.atan2(b, a) / (Math.PI / 2)) + 4) % 4,
    mark: object === 0 ? -1 : pdfium.FPDFPageObj_GetMarkedContentID(object),
  };
}

/** With the box of its advance, and its origin, turned. */
function readChar(pdfium: Pdfium, address: number, index: number, text: string, style: Style): Char {
  const { perChar, scratch } = pdfium;
  const { HEAPF32: floats, HEAPF64: doubles } = pdfium.pdfium;
  perChar._FPDFText_GetLooseCharBox(address, index, scratch);
  perChar._FPDFText_GetCharOrigin(address, index, scratch + 16, scratch + 24);
  const at = scratch / 4;
  const [x, y] = [doubles[scratch / 8 + 2] ?? 0, doubles[scratch / 8 + 3] ?? 0];
  const [left, top, right, bottom] = [floats[at] ?? 0, floats[at + 1] ?? 0, floats[at + 2] ?? 0, floats[at + 3] ?? 0];
  const { object, size, isBold, turn, mark } = style;
  const char = { text, left, right, baseline: y, size, isBold, turn, mark, object };
  if (turn === 0) return char;
  if (turn === 1) return { ...char, left: bottom, right: top, baseline: -x };
  if (turn === 2) return { ...char, left: -right, right: -left, baseline: -y };
  return { ...char, left: -top, right: -bottom, baseline: x };
}

/** PDFium's mark for a hyphen that ends a line, as the hyphen that it is. */
const hyphens: ReadonlySet<number> = new Set([2, 0xfffe, 0xad, 0x2010, 0x2011]);

function toText(code: number): string {
  if (hyphens.has(code)) return "-";
  // Bullets as Word's symbol font has them.
  if (code === 0xf0b7 || code === 0xf0a7) return "•";
  if (code > 32 && code < 127) return String.fromCharCode(code);
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return "";
  const text = String.fromCodePoint(code);
  if (/[\p{Cc}\u200b\ufeff]/u.test(text)) return /\s/.test(text) ? " " : "";
  return /[\ufb00-\ufdff\ufe70-\ufefc]/.test(text) ? text.normalize("NFKC") : text;
}

/**
 * What is read from right to left comes in the order in which it is read, but for signs that are several letters, which
 * come from left to right: these share one box.
 */
function repairClusters(chars: Char[]): Char[] {
  for (let start = 0; start < chars.length;) {
    const first = chars[start]!;
    let end = start + 1;
    while (end < chars.length && isSameSign(first, chars[end]!)) end++;
    if (end - start > 1 && rightToLeft.test(first.text))
      chars.splice(start, end - start, ...chars.slice(start, end).toReversed());
    start = end;
  }
  return chars;
}

function isSameSign(one: Char, other: Char): boolean {
  return (
    one.object === other.object &&
    one.left === other.left &&
    one.right === other.right &&
    one.left < one.right &&
    one.baseline === other.baseline
  );
}

export const rightToLeft = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}]/u;
