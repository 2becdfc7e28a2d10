import { createTarDecoder, type ParsedTarEntry } from "modern-tar";
import { createReadStream, statSync } from "node:fs";
import { createGunzip } from "node:zlib";
import { toByteStream } from "../lib/byte-stream.ts";
import type { Member } from "./archive.ts";
import { damaged, Unconvertible } from "./unconvertible.ts";
import { mostUnpacked, tooLarge, type UnpackLimits } from "./unpack.ts";

/** The members of a tar in order. @throws {Unconvertible} where it is damaged: those before it were good */
export async function* listTarMembers(tar: AsyncIterable<Uint8Array>): AsyncGenerator<Member> {
  try {
    for await (const entry of toByteStream(tar).pipeThrough(createTarDecoder({ strict: true }))) {
      const member = toMember(entry);
      if (member) yield member;
      if (!entry.body.locked) await entry.body.cancel();
    }
  } catch (error) {
    throw isOurs(error) ? error : damaged(error);
  }
}

/** A packed tar; or a single file, packed, which is called as the archive is without its ending. */
export async function* listGzipMembers(path: string, name: string, limits: UnpackLimits): AsyncGenerator<Member> {
  const unpacked = gunzip(path, limits);
  const head = await readHead(unpacked);
  const whole = prepend(head, unpacked);
  if (isTar(head)) yield* listTarMembers(whole);
  else yield { name: name.replace(/\.gz$/i, ""), packedBytes: statSync(path).size, content: whole };
}

function toMember({ header, body }: ParsedTarEntry): Member | undefined {
  const { name, size } = header;
  if (header.type === "directory") return undefined;
  if (header.type !== "file") return { name, refusal: "it is a link or a device, not a file" };
  return { name, packedBytes: Infinity, content: readBody(body, size) };
}

async function* readBody(body: ReadableStream<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let left = size;
  try {
    for await (const chunk of body) {
      left -= chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw isOurs(error) ? error : damaged(error);
  }
  if (left !== 0) throw damaged();
}

const readAheadBytes = 16 * 1024 * 1024;

/** Counted by itself: what stands between the members of a tar unpacks as well. */
async function* gunzip(path: string, limits: UnpackLimits): AsyncGenerator<Uint8Array> {
  const source = createReadStream(path);
  const unpacked = createGunzip();
  source.on("error", (error) => unpacked.destroy(error));
  // A tar's heads and padding are no member's, and some is read ahead.
  const leftBytes = limits.maxBytes + limits.maxEntries * 4096 + readAheadBytes;
  const mostBytes = mostUnpacked(statSync(path).size, limits, leftBytes);
  let bytes = 0;
  try {
    for await (const chunk of source.pipe(unpacked)) {
      bytes += chunk.length;
      if (bytes > mostBytes) throw tooLarge(mostBytes, limits, leftBytes);
      yield chunk;
    }
  } catch (error) {
    throw isOurs(error) ? error : damaged(error);
  } finally {
    source.destroy();
    unpacked.destroy();
  }
}

function isOurs(error: unknown): boolean {
  return error instanceof Unconvertible || (error instanceof Error && "syscall" in error);
}

async function readHead(chunks: AsyncIterator<Uint8Array>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < 512) {
    const { done, value } = await chunks.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  return head;
}

async function* prepend(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  yield* rest;
}

/** By the checksum in its first head, which those older than the signature have as well. */
export function isTar(head: Buffer): boolean {
  if (head.length < 512) return false;
  const stated = Number.parseInt(
    head
      .toString("latin1", 148, 156)
      .replace(/[\0 ]+$/, "")
      .trim(),
    8,
  );
  const sum = head.subarray(0, 512).reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  return stated === sum && sum > 256;
}
