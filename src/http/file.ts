import { stat } from "node:fs/promises";
import { toByteStream } from "../lib/byte-stream.ts";
import { ApiError } from "../protocol/errors.ts";
import { askedHeader } from "./asked-header.ts";
import { failureResponse } from "./failure.ts";
import { header } from "./headers.ts";
import { unchanged } from "./versions.ts";

/** A file as it is served: its bytes never change under its entity tag. */
export interface ServedFile {
  readonly path: string;
  /** By its bytes. */
  readonly type: string;
  readonly bytes: number;
  /** Without quotes. */
  readonly etag: string;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What `serveFile` reads and answers beside the whole, for `detail`. */
export const servedDetail = {
  parameters: [
    askedHeader("If-None-Match", "the version that you have"),
    askedHeader("Range", "a part of it, such as `bytes=0-499`"),
  ],
  responses: { 206: { description: "The part that was asked for, of the same type." }, ...unchanged },
};

/**
 * Conditional requests and one range, as RFC 9110 §§13 and 14 have them; several ranges get the whole.
 *
 * @throws {ApiError} `not_found` for a file that is gone
 */
export async function serveFile(request: Request, file: ServedFile): Promise<Response> {
  const { path, type, bytes, etag, modifiedAt, headers } = file;
  const isThere = await stat(path).then(
    ({ size }) => size === bytes,
    () => false,
  );
  if (!isThere) throw new ApiError("not_found", "its file is gone");
  const tag = `"${etag}"`;
  const modified = new Date(modifiedAt).toUTCString();
  const common = { ...headers, ...guards(type), etag: tag, "last-modified": modified, "accept-ranges": "bytes" };
  if (isUnchanged(request, tag, modifiedAt)) return new Response(null, { status: 304, headers: common });
  const range = isRangeMeant(request, tag, modified) ? parseRange(header(request, "range"), bytes) : undefined;
  if (range === "unsatisfiable")
    return failureResponse(new ApiError("range_not_satisfiable", `the range lies outside: there are ${bytes} bytes`), {
      "content-range": `bytes */${bytes}`,
    });
  const { start, end } = range ?? { start: 0, end: bytes };
  const content = Bun.file(path).slice(start, end);
  // Of a whole file Bun reads the range once more, in its own way: of two such headers the first, and refuses it without a word.
  const isRead = range === undefined && request.headers.has("range");
  return new Response(isRead ? toByteStream(content.stream()) : content, {
    status: range ? 206 : 200,
    headers: {
      ...common,
      "content-type": type,
      "content-length": String(end - start),
      ...(range && { "content-range": `bytes ${start}-${end - 1}/${bytes}` }),
    },
  });
}

/** What a browser shows without running any of it. */
const harmless = /^(image\/(png|jpeg|webp|gif|avif|bmp)|video\/.*|audio\/.*|application\/ogg)$/;

/** Of whatever was brought or made here, a browser runs nothing. */
export const sandboxed = { "content-security-policy": "sandbox; default-src 'none'" };

/** Nothing that was brought or made here is a page of ours: a file that could be one is saved, not shown. */
function guards(type: string): Record<string, string> {
  return {
    ...sandboxed,
    ...(!harmless.test(type) && { "content-disposition": "attachment" }),
  };
}

/** `If-None-Match` alone counts where both are sent (RFC 9110 §13.2.2). */
function isUnchanged(request: Request, tag: string, modifiedAt: number): boolean {
  const tags = header(request, "if-none-match");
  if (tags !== undefined) return tags.trim() === "*" || tags.split(",").some((each) => weak(each) === tag);
  const since = Date.parse(header(request, "if-modified-since") ?? "");
  return Number.isFinite(since) && Math.floor(modifiedAt / 1000) * 1000 <= since;
}

function weak(tag: string): string {
  return tag.trim().replace(/^W\//, "");
}

/** `If-Range` makes a range count only while the file is the one that the caller has a part of. */
function isRangeMeant(request: Request, tag: string, modified: string): boolean {
  const condition = header(request, "if-range")?.trim();
  return condition === undefined || condition === tag || condition === modified;
}

/** `bytes=0-499`, `bytes=500-`, `bytes=-500`; what is anything else counts as absent. */
function parseRange(
  value: string | undefined,
  bytes: number,
): { start: number; end: number } | "unsatisfiable" | undefined {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(value?.trim() ?? "") ?? [];
  if (from === "" && to === "") return undefined;
  if (from === "") return Number(to) === 0 ? "unsatisfiable" : { start: Math.max(0, bytes - Number(to)), end: bytes };
  if (to !== "" && Number(to) < Number(from)) return undefined;
  if (Number(from) >= bytes) return "unsatisfiable";
  return { start: Number(from), end: to === "" ? bytes : Math.min(bytes, Number(to) + 1) };
}
