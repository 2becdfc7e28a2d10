/** Percent-encoded, a lone surrogate as its three bytes; what names something known stays as it is. */
export function toPercent(text: string): string {
  return text.replaceAll(/⟦\w+\.\d+⟧|[^]/gu, (each) => (each.length > 2 ? each : encodeBytes(each)));
}

function encodeBytes(letter: string): string {
  if (/[\w.~-]/.test(letter)) return letter;
  const code = letter.codePointAt(0) ?? 0;
  const bytes =
    code >= 0xd800 && code < 0xe000 ? [0xed, 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)] : [...Buffer.from(letter)];
  return bytes.map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
}

/** As it is, but for what would end the line. */
export function toRaw(text: string): string {
  return text.replaceAll(/[\s\u0080-\uffff]/g, (each) => encodeURIComponent(each.toWellFormed()));
}
