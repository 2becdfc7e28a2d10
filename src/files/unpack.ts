import { crc32, inflateRawSync } from "node:zlib";
import { damaged, encrypted, Unconvertible } from "./unconvertible.ts";
import { findPacked, listEntries, type Bytes, type ZipEntry } from "./zip-directory.ts";

/** What unpacking may cost. All of it is counted while it happens; what headers say is not believed. */
export interface UnpackLimits {
  readonly maxEntries: number;
  /** Of one member, and of all that is unpacked together. */
  readonly maxBytes: number;
  /** Unpacked to packed, of a member; what stays below a mebibyte is harmless, however well it is packed. */
  readonly maxRatio: number;
}

/**
 * For the zip that a document is. More members than an archive may have, since a long book or a deck of slides has
 * thousands, and what is not read costs nothing.
 */
export const documentLimits: UnpackLimits = { maxEntries: 10_000, maxBytes: 256 * 1024 * 1024, maxRatio: 200 };

/** A zip in memory, whose members are read one at a time. */
export interface Zip {
  /** In the directory's order, without folders, links and twins. */
  names(): readonly string[];
  /**
   * Unpacks a member; `undefined` if there is none of that name. Of twins it is the last, as elsewhere.
   *
   * @throws {Unconvertible} where it is encrypted, damaged, or beyond the limits
   */
  read(name: string): Uint8Array | undefined;
}

/** @throws {Unconvertible} where it is no zip, is damaged, or has more members than may be */
export function openZip(bytes: Uint8Array, limits: UnpackLimits = documentLimits): Zip {
  const entries = new Map<string, ZipEntry>();
  let listed = 0;
  for (const entry of listEntries(bytes)) {
    if (++listed > limits.maxEntries) throw tooMany(limits);
    if (!entry.isFolder && !entry.isSpecial) entries.set(entry.name, entry);
  }
  let unpacked = 0;
  return {
    names: () => [...entries.keys()],
    read(name) {
      const entry = entries.get(name);
      if (!entry) return undefined;
      const content = readEntry(bytes, entry, limits, limits.maxBytes - unpacked);
      unpacked += content.length;
      return content;
    },
  };
}

/** The most that a member of so many packed bytes may become, where `leftBytes` are left for all. */
export function mostUnpacked(packedBytes: number, limits: UnpackLimits, leftBytes: number): number {
  return Math.min(Math.max(packedBytes * limits.maxRatio, 1024 * 1024), leftBytes);
}

/** The reason for what would have become more than that. */
export function tooLarge(mostBytes: number, limits: UnpackLimits, leftBytes: number): Unconvertible {
  if (mostBytes >= leftBytes)
    return new Unconvertible(`it is more than ${toMebibytes(limits.maxBytes)} when unpacked; upload it in parts`);
  return new Unconvertible(
    `it unpacks to more than ${limits.maxRatio} times its size, as hardly any real file does; upload it unpacked`,
  );
}

export function tooMany(limits: UnpackLimits): Unconvertible {
  return new Unconvertible(`it has more than ${limits.maxEntries} members; upload the others in parts`);
}

/** @throws {Unconvertible} where it cannot be read whole */
export function assertReadable(entry: ZipEntry): void {
  if (entry.isEncrypted) throw encrypted();
  if (entry.method !== 0 && entry.method !== 8)
    throw new Unconvertible("it is packed in a way that is not understood; pack it with the usual method, Deflate");
}

/** What it holds. @throws {Unconvertible} where it is encrypted, damaged, or beyond the limits */
export function readEntry(bytes: Bytes, entry: ZipEntry, limits: UnpackLimits, leftBytes: number): Uint8Array {
  assertReadable(entry);
  const mostBytes = mostUnpacked(entry.packedBytes, limits, leftBytes);
  const packed = findPacked(bytes, entry).subarray(0, entry.packedBytes);
  if (entry.method === 0 && packed.length > mostBytes) throw tooLarge(mostBytes, limits, leftBytes);
  const content = entry.method === 0 ? packed : inflate(packed, mostBytes, limits, leftBytes);
  if (crc32(content) !== entry.crc32) throw damaged();
  return content;
}

function inflate(packed: Uint8Array, mostBytes: number, limits: UnpackLimits, leftBytes: number): Uint8Array {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(mostBytes, 1) });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(mostBytes, limits, leftBytes);
    throw damaged(error);
  }
}

export function toMebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`;
}
