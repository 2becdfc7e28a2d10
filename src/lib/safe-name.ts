/** Of a name as it is answered with, and served under. */
const maxNameBytes = 100;
/** What comes after so many characters is not looked at, but for the ending. */
const maxLooked = 400;

/**
 * A name from outside as one that a file, an address and a header can hold: every run of other characters than letters
 * and digits of any script and `. , _ + -` becomes one `_`, at most 100 bytes with the extension kept, `file` if nothing
 * is left. A part of a name may take fewer bytes.
 */
export function toSafeName(name: string, maxBytes = maxNameBytes): string {
  const start = name.slice(0, maxLooked);
  const end = name.length > maxLooked ? name.slice(-20) : "";
  const clean = `${start}${end}`.toWellFormed().replace(/[^\p{L}\p{M}\p{N}.,_+-]+/gu, "_");
  const trimmed = clean.replace(/^[.,_+-]+|[.,_+-]+$/g, "");
  const extension = /\.[\p{L}\p{N}]{1,10}$/u.exec(trimmed)?.[0] ?? "";
  const stem = trimmed.slice(0, trimmed.length - extension.length);
  const cut = cutToBytes(stem, maxBytes - Buffer.byteLength(extension)).replace(/[.,_+-]+$/, "");
  return `${cut}${extension}`.replace(/^[.,_+-]+/, "") || "file";
}

/** Without cutting a character, as people see one. */
function cutToBytes(text: string, bytes: number): string {
  // To find where characters end takes twenty times as long as all else that is done to a name.
  if (Buffer.byteLength(text) <= bytes) return text;
  let end = 0;
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    used += Buffer.byteLength(segment);
    if (used > bytes) break;
    end += segment.length;
  }
  return text.slice(0, end);
}

/** The same name with a number before its extension, for a second one: `a-2.png`. */
export function numbered(name: string, number: number): string {
  const dot = name.lastIndexOf(".");
  const end = dot > 0 ? name.slice(dot) : "";
  const suffix = `-${number}${end}`;
  return cutToBytes(name.slice(0, name.length - end.length), maxNameBytes - Buffer.byteLength(suffix)) + suffix;
}
