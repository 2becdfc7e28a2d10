import { within } from "../lib/deadline.ts";
import { parseJson } from "../lib/json.ts";
import { ApiError } from "../protocol/errors.ts";

/** An answer to a body that nobody reads can be lost with the connection: so much more than allowed is taken. */
const drainBytes = 1024 * 1024;

/** How long a connection may be idle, in seconds. Bun does not count the bytes of a body: who reads one sets it aside. */
export const idleSeconds = 30;

/** Least that a body must bring once its grace is over, so that nobody holds a connection with a byte a minute. */
const slowest = { bytesPerSecond: 1000, graceMs: 20_000 };

/** The whole body, up to `maxBytes`. @throws {ApiError} `body_too_large`, `body_too_slow` */
export async function readBody(
  request: Request,
  maxBytes: number,
  { bytesPerSecond, graceMs } = slowest,
): Promise<Buffer<ArrayBuffer>> {
  if (!request.body) return Buffer.alloc(0);
  const pieces: Uint8Array[] = [];
  const reader = request.body.getReader();
  const began = performance.now();
  let length = 0;
  while (length <= maxBytes + drainBytes) {
    const leftMs = graceMs + (length / bytesPerSecond) * 1000 - (performance.now() - began);
    const read = await within(reader.read(), Math.max(0, leftMs));
    if (!read) throw new ApiError("body_too_slow", `the body came at less than ${bytesPerSecond} bytes a second`);
    if (read.done) break;
    length += read.value.byteLength;
    if (length <= maxBytes) pieces.push(read.value);
  }
  if (length > maxBytes) throw new ApiError("body_too_large", `the body is larger than ${maxBytes} bytes`);
  return Buffer.concat(pieces);
}

/** JSON, whatever the content type says. @throws {ApiError} `invalid_json`, `invalid_request` */
export function parseBody(body: Uint8Array | string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseJson(typeof body === "string" ? body : new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new ApiError("invalid_json", "the body is not JSON in UTF-8, or nests deeper than 128 levels");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ApiError("invalid_request", "the body must be a JSON object");
  }
  return value as Record<string, unknown>;
}
