import { Readable } from "node:stream";
import { crc32, createInflateRaw } from "node:zlib";
import type { Member } from "./archive.ts";
import { openFileBytes } from "./file-bytes.ts";
import { damaged, Unconvertible } from "./unconvertible.ts";
import { assertReadable } from "./unpack.ts";
import { findPacked, listEntries, type Bytes, type ZipEntry } from "./zip-directory.ts";

/** The members in the directory's order, twins too. @throws {Unconvertible} where the directory is damaged */
export async function* listZipMembers(path: string): AsyncGenerator<Member> {
  using bytes = openFileBytes(path);
  for (const entry of listEntries(bytes)) {
    if (!entry.isFolder) yield toMember(bytes, entry);
  }
}

function toMember(bytes: Bytes, entry: ZipEntry): Member {
  const { name, packedBytes } = entry;
  if (entry.isSpecial) return { name, refusal: "it is a link or a device, not a file" };
  return { name, packedBytes, content: readMember(bytes, entry) };
}

async function* readMember(bytes: Bytes, entry: ZipEntry): AsyncGenerator<Uint8Array> {
  assertReadable(entry);
  const packed = pieces(findPacked(bytes, entry));
  let checksum = 0;
  for await (const chunk of entry.method === 0 ? packed : inflate(packed)) {
    checksum = crc32(chunk, checksum);
    yield chunk;
  }
  if (checksum !== entry.crc32) throw damaged();
}

const pieceBytes = 256 * 1024;

function* pieces(bytes: Bytes): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

async function* inflate(packed: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = Readable.from(packed);
  const inflated = createInflateRaw();
  source.on("error", (error) => inflated.destroy(error));
  try {
    yield* source.pipe(inflated);
  } catch (error) {
    throw error instanceof Unconvertible ? error : damaged(error);
  } finally {
    source.destroy();
    inflated.destroy();
  }
}
