import { crc32, deflateRawSync } from "node:zlib";

/** A member of a zip written by hand, so that its heads may lie. */
export interface ZipPart {
  readonly name: string | Uint8Array;
  readonly content: string | Uint8Array;
  readonly isStored?: boolean;
  /** As Unix has it: `0o120777` is a link. */
  readonly mode?: number;
  readonly flags?: number;
  readonly method?: number;
  /** What the heads say instead of the truth. */
  readonly statedBytes?: number;
  readonly statedPackedBytes?: number;
  readonly crc?: number;
}

export function writeZip(parts: readonly ZipPart[], { before = new Uint8Array(), isLarge = false } = {}): Uint8Array {
  const chunks: Uint8Array[] = [before];
  const directory: Uint8Array[] = [];
  let at = before.length;
  for (const part of parts) {
    const { head, entry } = writePart(part, at);
    chunks.push(head);
    directory.push(entry);
    at += head.length;
  }
  const listed = Buffer.concat(directory);
  return Buffer.concat([
    ...chunks,
    listed,
    ...(isLarge ? [writeLargeEnd(parts.length, listed.length, at)] : []),
    writeEnd(parts.length, listed.length, at, isLarge),
  ]);
}

function writePart(part: ZipPart, at: number): { head: Uint8Array; entry: Uint8Array } {
  const name = Buffer.from(part.name as string);
  const content = Buffer.from(part.content as string);
  const packed = part.isStored ? content : deflateRawSync(content);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(part.flags ?? 0x800, 2);
  common.writeUInt16LE(part.method ?? (part.isStored ? 0 : 8), 4);
  common.writeUInt32LE(part.crc ?? crc32(content), 10);
  common.writeUInt32LE(part.statedPackedBytes ?? packed.length, 14);
  common.writeUInt32LE(part.statedBytes ?? content.length, 18);
  common.writeUInt16LE(name.length, 22);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(0x0314, 4);
  common.copy(entry, 6);
  entry.writeUInt32LE(((part.mode ?? 0o100644) << 16) >>> 0, 38);
  entry.writeUInt32LE(at, 42);
  return {
    head: Buffer.concat([Buffer.from("PK\x03\x04"), common, name, packed]),
    entry: Buffer.concat([entry, name]),
  };
}

function writeEnd(count: number, bytes: number, at: number, isLarge: boolean): Uint8Array {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(isLarge ? 0xffff : count & 0xffff, 8);
  end.writeUInt16LE(isLarge ? 0xffff : count & 0xffff, 10);
  end.writeUInt32LE(isLarge ? 0xffffffff : bytes, 12);
  end.writeUInt32LE(isLarge ? 0xffffffff : at, 16);
  return end;
}

function writeLargeEnd(count: number, bytes: number, at: number): Uint8Array {
  const end = Buffer.alloc(56 + 20);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeBigUInt64LE(BigInt(count), 24);
  end.writeBigUInt64LE(BigInt(count), 32);
  end.writeBigUInt64LE(BigInt(bytes), 40);
  end.writeBigUInt64LE(BigInt(at), 48);
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(at + bytes), 64);
  end.writeUInt32LE(1, 72);
  return end;
}
