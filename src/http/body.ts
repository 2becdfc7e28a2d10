import { setImmediate as turn } from "node:timers/promises";
import { within } from "../lib/deadline.ts";
import { parseJson } from "../lib/json.ts";
import { ApiError } from "../protocol/errors.ts";
import { readingDigest } from "./body-digest.ts";
import { header } from "./headers.ts";
import { placeOf } from "./incoming.ts";

/** An answer to a body that nobody reads can be lost with the connection: so much more than allowed is taken. */
const drainBytes = 1024 * 1024;

/** How long a connection may be idle, in seconds. Bun does not count the bytes of a body: who reads one sets it aside. */
export const idleSeconds = 30;

/** The same once its request was refused for being too slow: the refusal is on its way by then. */
const leavingSeconds = 4;

/** A request, and the server that knows its connection. */
export interface Connection {
  readonly request: Request;
  readonly server: { timeout(request: Request, seconds: number): void } | null;
}

/** Reads a body and does what takes its time with it: both have limits of their own. */
export async function unhurried<T>({ request, server }: Connection, read: () => Promise<T>): Promise<T> {
  server?.timeout(request, 0);
  let seconds = idleSeconds;
  try {
    return await read();
  } catch (thrown) {
    // Whoever has said nothing for so long is not waited for once more.
    if (thrown instanceof ApiError && thrown.reason === "body_too_slow") seconds = leavingSeconds;
    throw thrown;
  } finally {
    server?.timeout(request, seconds);
  }
}

/**
 * Least that a body must bring once its grace is over, so that nobody holds a connection with a byte a minute. The grace
 * is also the longest silence: what came fast earns no hours of waiting.
 */
const slowest: Pace = { bytesPerSecond: 1000, graceMs: 20_000, wholeMs: Infinity };

/** The same for what is held in memory: a large body at the least pace would be held for hours. */
const slowestHeld: Pace = { ...slowest, wholeMs: 600_000 };

interface Pace {
  readonly bytesPerSecond: number;
  readonly graceMs: number;
  /** How long all of it may be waited for. */
  readonly wholeMs: number;
}

/** Less than a network brings at once, in bytes. */
const smallBytes = 4096;

/**
 * The body as it comes, up to `maxBytes`. Only the wait for it counts against its sender, not what the reader does between.
 *
 * @throws {ApiError} `body_too_large`, `body_too_slow`, `cancelled` where the connection closes first
 */
export async function* bodyPieces(
  request: Request,
  maxBytes: number,
  { bytesPerSecond, graceMs, wholeMs }: Pace = slowest,
): AsyncGenerator<Uint8Array> {
  if (!request.body) return;
  const reader = request.body.getReader();
  // Of what is too large by its own account nothing is worth reading.
  const takenBytes = Number(header(request, "content-length")) > maxBytes ? 0 : maxBytes;
  let length = 0;
  let waitedMs = 0;
  while (length <= takenBytes + drainBytes) {
    const leftMs = Math.min(graceMs, graceMs + (length / bytesPerSecond) * 1000 - waitedMs, wholeMs - waitedMs);
    const askedAt = performance.now();
    const read = await within(reader.read().catch(disconnected), Math.max(0, leftMs));
    if (!read)
      throw tooSlow(
        leftMs === wholeMs - waitedMs
          ? `took longer than ${wholeMs / 60_000} minutes`
          : `came at less than ${bytesPerSecond} bytes a second`,
      );
    if (read.done) break;
    // A body may be chunks of a byte each, and Bun hands over each by itself to whoever waits: what comes in one turn of the
    // event loop comes as one.
    if (length > 0 && read.value.byteLength < smallBytes) await turn();
    waitedMs += performance.now() - askedAt;
    length += read.value.byteLength;
    if (length <= takenBytes) yield read.value;
  }
  if (length > takenBytes) throw new ApiError("body_too_large", `the body is larger than ${maxBytes} bytes`);
}

function tooSlow(how: string): ApiError {
  return new ApiError("body_too_slow", `the body ${how}`);
}

function disconnected(cause: unknown): never {
  throw new ApiError("cancelled", "the connection closed before the whole body had come", { cause });
}

/** The whole body, up to `maxBytes`. @throws {ApiError} as `bodyPieces` does, and `overloaded` where all together are too much */
export async function readBody(request: Request, maxBytes: number, pace = slowestHeld): Promise<Uint8Array> {
  // Not a list of pieces: of a body in chunks of a byte each is an object of its own.
  const sink = new Bun.ArrayBufferSink();
  const digest = readingDigest(request);
  const place = placeOf(request);
  try {
    for await (const piece of bodyPieces(request, maxBytes, pace)) {
      place?.hold(piece.byteLength);
      sink.write(piece);
      digest?.add(piece);
    }
    return new Uint8Array(sink.end());
  } finally {
    place?.free();
  }
}

/** JSON, whatever the content type says. @throws {ApiError} `invalid_json`, `invalid_request` */
export function parseBody(body: Uint8Array | string): Record<string, unknown> {
  const value = parseAnyBody(body);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ApiError("invalid_request", "the body must be a JSON object");
  }
  return value as Record<string, unknown>;
}

/** The same, where it need be no object. @throws {ApiError} `invalid_json` */
export function parseAnyBody(body: Uint8Array | string): unknown {
  try {
    return parseJson(typeof body === "string" ? body : new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new ApiError("invalid_json", "the body is not JSON in UTF-8, or nests deeper than 128 levels");
  }
}
