import type { JsonObject } from "../lib/json.ts";
import type { Caller } from "../protocol/caller.ts";
import { ApiError, isNotFound } from "../protocol/errors.ts";
import type { BucketFileRow } from "../store/buckets.ts";
import type { Resource } from "./content.ts";
import { RpcError, rpcCodes } from "./json-rpc.ts";
import { toMediaResource } from "./media-content.ts";
import type { McpParts } from "./parts.ts";
import { parseUri, toFileUri, uriTemplates } from "./resource-uri.ts";

/** Arbitrary. */
const pageSize = 100;
/** What a host holds as text in memory, base64 and all; arbitrary. */
const maxReadBytes = 16 * 1024 * 1024;

type Parts = Pick<McpParts, "store" | "buckets" | "library">;

/** One's media, the newest first, then the files of one's buckets, the newest bucket first. */
export async function listResources({ cursor }: JsonObject, parts: Parts, { owner }: Caller): Promise<object> {
  const place = parseCursor(cursor);
  const { resources, next } =
    place.of === "media" ? await listMedia(place, parts, owner) : await listFiles(place, parts, owner);
  return { resources, ...(next && { nextCursor: encodeCursor(next) }) };
}

export function listTemplates(): object {
  return {
    resourceTemplates: [
      { uriTemplate: uriTemplates.media, name: "media", title: "Pictures, films and sounds that models made" },
      { uriTemplate: uriTemplates.files, name: "files", title: "Files of buckets: the text of documents, and media" },
    ],
  };
}

/** @throws {RpcError} @throws {ApiError} `not_found` */
export async function readResource({ uri }: JsonObject, parts: Parts, caller: Caller): Promise<object> {
  if (typeof uri !== "string") throw new RpcError(rpcCodes.invalidParams, "uri: expected an address");
  const named = parseUri(uri);
  if (!named) throw new ApiError("not_found", "there is no such resource");
  const { path, type, bytes, isText } =
    named.is === "medium"
      ? await findMedium(named.name, parts, caller)
      : await findFile(named.bucketId, named.name, parts, caller);
  if (bytes > maxReadBytes)
    throw new RpcError(rpcCodes.invalidParams, `it has ${bytes} bytes, and at most ${maxReadBytes} are given so`);
  const file = Bun.file(path);
  const content = isText ? { text: await file.text() } : { blob: (await file.bytes()).toBase64() };
  return { contents: [{ uri, mimeType: type, ...content }] };
}

interface Found {
  readonly path: string;
  readonly type: string;
  readonly bytes: number;
  readonly isText: boolean;
}

async function findMedium(name: string, { store, library }: Parts, { owner }: Caller): Promise<Found> {
  const row = await store.media.find(name);
  if (row?.owner !== owner) throw new ApiError("not_found", "there is no such medium");
  library.uses.noteMedium(name);
  return { path: store.blobs.path(row.hash), type: row.type, bytes: row.bytes, isText: false };
}

async function findFile(bucketId: string, name: string, { buckets }: Parts, { owner }: Caller): Promise<Found> {
  const { path, kind, type, bytes } = await buckets.file(owner, bucketId, name);
  return kind === "document" ? { path, type: textType, bytes, isText: true } : { path, type, bytes, isText: false };
}

/** Whatever a document came as. */
const textType = "text/markdown";

/** Where a list goes on: before a medium, or after a file of the bucket with this number. */
type Place =
  | { readonly of: "media"; readonly before: number | undefined }
  | { readonly of: "files"; readonly bucket: number; readonly after: number };

interface Page {
  readonly resources: readonly Resource[];
  readonly next: Place | undefined;
}

const firstFiles = { of: "files", bucket: Number.MAX_SAFE_INTEGER, after: 0 } as const;

async function listMedia({ before }: Extract<Place, { of: "media" }>, parts: Parts, owner: string): Promise<Page> {
  const { rows } = await parts.store.read("mediaList", { owner, kind: undefined, before, limit: pageSize });
  const last = rows.at(-1);
  if (last && rows.length === pageSize)
    return { resources: rows.map(toMediaResource), next: { of: "media", before: last.id } };
  const rest = await listFiles(firstFiles, parts, owner);
  return { resources: [...rows.map(toMediaResource), ...rest.resources], next: rest.next };
}

/** Some of them: a bucket may hold a hundred thousand, and there may be thousands that hold none. */
async function listFiles(place: Extract<Place, { of: "files" }>, { buckets }: Parts, owner: string): Promise<Page> {
  const resources: Resource[] = [];
  // That one is gone on with, if it is there still.
  const listed = await buckets.list(owner, place.bucket + 1, pageSize);
  for (const { id, bucket_id } of listed) {
    const after = id === place.bucket ? place.after : 0;
    const files = await buckets.page(owner, bucket_id, after, pageSize).catch(noneIfGone);
    resources.push(...files.map((file) => toFileResource(bucket_id, file)));
    const last = files.at(-1);
    if (last && files.length === pageSize) return { resources, next: { of: "files", bucket: id, after: last.id } };
    if (resources.length >= pageSize) return { resources, next: { of: "files", bucket: id - 1, after: 0 } };
  }
  const last = listed.at(-1);
  const isWhole = !last || listed.length < pageSize;
  return { resources, next: isWhole ? undefined : { of: "files", bucket: last.id - 1, after: 0 } };
}

function noneIfGone(thrown: unknown): [] {
  if (isNotFound(thrown)) return [];
  throw thrown;
}

function toFileResource(bucketId: string, { name, kind, type, bytes }: BucketFileRow): Resource {
  const mimeType = kind === "document" ? textType : type;
  return { uri: toFileUri(bucketId, name), name, description: `of the bucket ${bucketId}`, mimeType, size: bytes };
}

/** Clients hand it back as it is. */
function encodeCursor(place: Place): string {
  return place.of === "media" ? `media ${place.before}` : `files ${place.bucket} ${place.after}`;
}

/** @throws {RpcError} */
function parseCursor(cursor: unknown): Place {
  if (cursor === undefined || cursor === null) return { of: "media", before: undefined };
  const [, media, bucket, after] =
    /^(?:media (\d{1,15})|files (\d{1,15}) (\d{1,15}))$/.exec(typeof cursor === "string" ? cursor : "") ?? [];
  if (media !== undefined) return { of: "media", before: Number(media) };
  if (bucket === undefined)
    throw new RpcError(rpcCodes.invalidParams, "cursor: expected the nextCursor of another page");
  return { of: "files", bucket: Number(bucket), after: Number(after) };
}
