import { rm } from "node:fs/promises";
import { setImmediate as turn } from "node:timers/promises";
import { parseParameters } from "../lib/parameters.ts";
import { ApiError, toApiError } from "../protocol/errors.ts";
import type { Blobs } from "../store/blobs.ts";
import type { Written } from "../store/receive.ts";
import { bodyPieces } from "./body.ts";
import { type BodyDigest, readingDigest } from "./body-digest.ts";
import { header } from "./headers.ts";
import { placeOf } from "./incoming.ts";
import { type Part, readParts } from "./multipart.ts";
import { parsePartHead, type PartHead } from "./part-head.ts";

/** A file of a form, on disk at a temporary path until somebody adopts it. */
export interface FormFile extends Written {
  readonly field: string;
  /** As it was sent, but never a path; empty where there was none. It is data: nothing is ever stored under it. */
  readonly name: string;
  /** As it was declared; empty where it was not. */
  readonly type: string;
}

/** Disposing removes the files that nobody adopted. */
export interface Form extends AsyncDisposable {
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** In the order in which they came. */
  readonly files: readonly FormFile[];
}

export interface FormOptions {
  /** Where files go: each is written as it comes. */
  readonly write: Blobs["write"];
  readonly maxBytes: number;
  /** Of all fields together: they are held in memory. */
  readonly maxFieldBytes: number;
  readonly maxParts?: number;
}

export function isForm(request: Request): boolean {
  return contentType(request)?.value === "multipart/form-data";
}

/**
 * Reads a form at the pace of the disk: however large it is, its fields and two blocks of a file are in memory. If
 * anything fails, no file stays.
 *
 * @throws {ApiError} `invalid_request`, `body_too_large`, `storage_full`, `overloaded` and `too_many_connections` where too
 *   many come in at once, and as `bodyPieces` does
 */
export async function readForm(request: Request, options: FormOptions): Promise<Form> {
  const { write, maxBytes, maxFieldBytes, maxParts = 1000 } = options;
  const fields = new Map<string, string[]>();
  const files: FormFile[] = [];
  const removeFiles = async () => void (await Promise.all(files.map(({ path }) => rm(path, { force: true }))));
  const boundary = boundaryOf(request);
  const leave = placeOf(request)?.enterUpload();
  let parts = 0;
  let leftBytes = maxFieldBytes;
  try {
    for await (const { head, content } of digestedParts(request, maxBytes, boundary)) {
      if (++parts > maxParts) throw new ApiError("body_too_large", `the form has more than ${maxParts} parts`);
      // Very many may come at once: others get their turn in between.
      if (parts % 20 === 0) await turn();
      const part = parsePartHead(head);
      const { field, fileName: name = "", type } = part;
      if (isFile(part)) {
        files.push({ field, name, type, ...(await write(content)) });
      } else {
        const bytes = await readField(content, leftBytes);
        if (!bytes)
          throw new ApiError("body_too_large", `the fields of the form are larger than ${maxFieldBytes} bytes`);
        leftBytes -= bytes.byteLength;
        fields.set(field, [...(fields.get(field) ?? []), decodeField(field, bytes)]);
      }
    }
  } catch (thrown) {
    await removeFiles();
    throw toApiError(thrown);
  } finally {
    leave?.();
  }
  return { fields, files: files.filter(isChosen), [Symbol.asyncDispose]: removeFiles };
}

/** The one file of a form that is for one, in its field `file`. @throws {ApiError} `invalid_request` */
export function getFile({ files }: Form): FormFile {
  const [file, ...others] = files.filter(({ field }) => field === "file");
  if (!file || others.length > 0) throw new ApiError("invalid_request", 'the form needs one file, in a field "file"');
  return file;
}

/** The parts as they come, digested where the request's body is to be told from others. */
async function* digestedParts(request: Request, maxBytes: number, boundary: string): AsyncGenerator<Part> {
  const parts = readParts(bodyPieces(request, maxBytes), boundary);
  const digest = readingDigest(request);
  if (!digest) return yield* parts;
  for await (const { head, content } of parts) yield { head, content: digested(head, content, digest) };
}

/** Neither a head nor a length can be taken for what stands beside it. */
async function* digested(head: string, content: Part["content"], digest: BodyDigest): AsyncGenerator<Uint8Array> {
  let length = 0;
  digest.add(`\n${head.length}:${head}`);
  for await (const piece of content) {
    digest.add(piece);
    length += piece.byteLength;
    yield piece;
  }
  digest.add(`\n${length}`);
}

/** Reads a form for its digest alone. @throws {ApiError} as `readForm` */
export async function skimForm(request: Request, maxBytes: number): Promise<void> {
  for await (const { content } of digestedParts(request, maxBytes, boundaryOf(request))) for await (const _ of content);
}

function boundaryOf(request: Request): string {
  if (!isForm(request)) throw new ApiError("invalid_request", "send the files as a form: multipart/form-data");
  const boundary = contentType(request)?.parameters.get("boundary") ?? "";
  // RFC 2046 §5.1.1: at most 70 characters.
  if (!/^[ -~]{1,70}$/.test(boundary))
    throw new ApiError("invalid_request", "the content type of the form names no boundary, of at most 70 characters");
  return boundary;
}

function contentType(request: Request) {
  return parseParameters(header(request, "content-type") ?? "");
}

/** What has the name of a file, or a type that no field has: a part without either is text (RFC 7578 §4.4). */
function isFile({ fileName, type }: PartHead): boolean {
  return fileName !== undefined || !/^(|text\/.*|application\/json)$/i.test(type.split(";", 1)[0]?.trim() ?? "");
}

/** Browsers send a file without name and content for a field in which none was chosen. */
function isChosen({ name, bytes }: FormFile): boolean {
  return name !== "" || bytes > 0;
}

/** All of it, or `undefined` where that is more than `maxBytes`. */
async function readField(content: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array | undefined> {
  const sink = new Bun.ArrayBufferSink();
  let length = 0;
  for await (const piece of content) {
    length += piece.byteLength;
    if (length > maxBytes) return undefined;
    sink.write(piece);
  }
  return new Uint8Array(sink.end());
}

function decodeField(field: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ApiError("invalid_request", `the field ${JSON.stringify(field)} is not UTF-8`, { cause });
  }
}
