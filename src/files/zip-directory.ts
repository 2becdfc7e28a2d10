import { damaged } from "./unconvertible.ts";

/** What can be read in part: an array in memory, or a file. */
export interface Bytes {
  readonly length: number;
  subarray(start: number, end: number): Uint8Array;
}

/** A member as the directory at the end of the zip lists it. All of it is hearsay, sizes too. */
export interface ZipEntry {
  /** Data, never a path: it may be absolute, hold `..`, NUL, or be another's twin. */
  readonly name: string;
  readonly isFolder: boolean;
  /** A symbolic link, a device or the like, as Unix marks it. */
  readonly isSpecial: boolean;
  readonly isEncrypted: boolean;
  readonly method: number;
  readonly crc32: number;
  readonly packedBytes: number;
  readonly headerAt: number;
}

const entrySignature = 0x02014b50;

/**
 * The members in the directory's order, read as they are asked for: a directory may list millions.
 * Zip64, comments and what stands before the zip (a program that unpacks itself) are seen through.
 *
 * @throws {Unconvertible} where it is no zip, or what it lists lies outside it
 */
export function* listEntries(bytes: Bytes): Generator<ZipEntry> {
  const { start, end, shift } = findDirectory(bytes);
  for (let at = start; at + 46 <= end;) {
    const head = view(bytes, at, 46);
    if (head.getUint32(0, true) !== entrySignature) return;
    const nameBytes = head.getUint16(28, true);
    const extraBytes = head.getUint16(30, true);
    const next = at + 46 + nameBytes + extraBytes + head.getUint16(32, true);
    if (next > end) throw damaged();
    const extra = view(bytes, at + 46 + nameBytes, extraBytes);
    yield toEntry(head, bytes.subarray(at + 46, at + 46 + nameBytes), extra, shift);
    at = next;
  }
}

/** The member's bytes as they are packed. @throws {Unconvertible} where they lie outside the zip */
export function findPacked(bytes: Bytes, entry: ZipEntry): Bytes {
  const head = view(bytes, entry.headerAt, 30);
  if (head.getUint32(0, true) !== 0x04034b50) throw damaged();
  const start = entry.headerAt + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  if (start + entry.packedBytes > bytes.length) throw damaged();
  return {
    length: entry.packedBytes,
    subarray: (from, to) => bytes.subarray(start + from, start + Math.min(to, entry.packedBytes)),
  };
}

function findDirectory(bytes: Bytes): { start: number; end: number; shift: number } {
  const endAt = findEnd(bytes);
  const trailer = view(bytes, endAt, 22);
  let size = trailer.getUint32(12, true);
  let stated = trailer.getUint32(16, true);
  let end = endAt;
  if (endAt >= 20 && view(bytes, endAt - 20, 4).getUint32(0, true) === 0x07064b50) {
    end = toNumber(view(bytes, endAt - 20, 20).getBigUint64(8, true));
    const large = view(bytes, end, 56);
    if (large.getUint32(0, true) !== 0x06064b50) throw damaged();
    size = toNumber(large.getBigUint64(40, true));
    stated = toNumber(large.getBigUint64(48, true));
  }
  if (size === 0) return { start: end, end, shift: 0 };
  if (hasSignature(bytes, stated)) return { start: stated, end: Math.min(stated + size, end), shift: 0 };
  const start = end - size;
  if (!hasSignature(bytes, start)) throw damaged();
  return { start, end, shift: start - stated };
}

/** Where the trailer is: the last one whose comment reaches the end, else the last there is. */
function findEnd(bytes: Bytes): number {
  const from = Math.max(0, bytes.length - 22 - 0xffff);
  const tail = Buffer.from(bytes.subarray(from, bytes.length));
  let last = -1;
  for (let at = tail.length - 22; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== 0x06054b50) continue;
    if (at + 22 + tail.readUInt16LE(at + 20) === tail.length) return from + at;
    if (last < 0) last = at;
  }
  if (last < 0) throw damaged();
  return from + last;
}

function hasSignature(bytes: Bytes, at: number): boolean {
  return at >= 0 && at + 46 <= bytes.length && view(bytes, at, 4).getUint32(0, true) === entrySignature;
}

function toEntry(head: DataView, rawName: Uint8Array, extra: DataView, shift: number): ZipEntry {
  const flags = head.getUint16(8, true);
  const fields = toFields(extra);
  const large = fields.get(0x0001);
  let largeAt = 0;
  // Only what did not fit into 32 bits stands in the field, in this order.
  const widened = (offset: number) => {
    const value = head.getUint32(offset, true);
    if (value !== 0xffffffff || !large || largeAt + 8 > large.byteLength) return value;
    largeAt += 8;
    return toNumber(large.getBigUint64(largeAt - 8, true));
  };
  widened(24);
  const packedBytes = widened(20);
  const headerAt = widened(42) + shift;
  const name = decodeName(rawName, (flags & 0x800) !== 0);
  // The upper half is the Unix mode, whoever says that they made it; its kind: 0 none, 4 folder, 8 file, others special.
  const kind = head.getUint32(38, true) >>> 28;
  return {
    name,
    isFolder: /[\\/]$/.test(name) || kind === 4,
    isSpecial: ![0, 4, 8].includes(kind),
    isEncrypted: (flags & 0x2041) !== 0,
    method: head.getUint16(10, true),
    crc32: head.getUint32(16, true),
    packedBytes,
    headerAt,
  };
}

function toFields(extra: DataView): Map<number, DataView> {
  const fields = new Map<number, DataView>();
  for (let at = 0; at + 4 <= extra.byteLength;) {
    const size = extra.getUint16(at + 2, true);
    if (at + 4 + size > extra.byteLength) break;
    fields.set(extra.getUint16(at, true), new DataView(extra.buffer, extra.byteOffset + at + 4, size));
    at += 4 + size;
  }
  return fields;
}

/** The upper half of code page 437, in which names are that are not marked as UTF-8. */
const page437 =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■ ";

/** Many programs write UTF-8 without saying so: what is valid UTF-8 is read as such. */
function decodeName(raw: Uint8Array, isUtf8: boolean): string {
  try {
    return new TextDecoder("utf-8", { fatal: !isUtf8, ignoreBOM: true }).decode(raw);
  } catch {
    return Array.from(raw, (byte) => (byte < 128 ? String.fromCharCode(byte) : page437.charAt(byte - 128))).join("");
  }
}

function view(bytes: Bytes, at: number, length: number): DataView {
  if (at < 0 || at + length > bytes.length) throw damaged();
  const part = bytes.subarray(at, at + length);
  return new DataView(part.buffer, part.byteOffset, part.byteLength);
}

function toNumber(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged();
  return Number(value);
}
