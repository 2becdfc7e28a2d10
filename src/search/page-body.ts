import { within } from "../lib/deadline.ts";
import { ApiError } from "../protocol/errors.ts";

export interface BodyLimits {
  /** Whose it is, for messages. */
  readonly host: string;
  readonly maxBytes: number;
  /** Longest wait for a piece; the time that the reader takes does not count. */
  readonly silenceMs: number;
  /** Whoever ends the page, and why. */
  readonly ended: AbortSignal;
}

/** Ways of packing that are asked for and read. */
export const acceptedCodings = "gzip, deflate";

/**
 * The bytes of a page, unpacked, counted before and after. Nothing is unpacked before it is asked for: of a page that
 * would become a gigabyte no more is ever made than is allowed.
 */
export async function* readPage(response: Response, limits: BodyLimits): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { host, maxBytes, silenceMs, ended } = limits;
  if (Number(response.headers.get("content-length")) > maxBytes) throw tooLarge(limits);
  const reader = unpack(response, limits)?.getReader();
  if (!reader) return;
  let length = 0;
  try {
    for (;;) {
      const next = await within(reader.read(), silenceMs);
      if (!next) throw failed(`${host} fell silent for ${silenceMs / 1000} s`);
      if (next.done) return;
      length += next.value.byteLength;
      if (length > maxBytes) throw tooLarge(limits);
      yield next.value;
    }
  } catch (thrown) {
    ended.throwIfAborted();
    throw thrown instanceof ApiError ? thrown : failed(`${host} broke off, or sent what cannot be read`, thrown);
  } finally {
    reader.cancel().catch(() => {});
  }
}

function unpack({ body, headers }: Response, limits: BodyLimits): ReadableStream<Uint8Array<ArrayBuffer>> | null {
  const coding = headers.get("content-encoding")?.trim().toLowerCase() || "identity";
  if (coding === "identity" || !body) return body;
  if (coding === "gzip" || coding === "x-gzip")
    return counted(body, limits).pipeThrough(new DecompressionStream("gzip"));
  if (coding === "deflate") return counted(body, limits).pipeThrough(new DecompressionStream("deflate"));
  throw failed(`${limits.host} sent it packed in a way that was not asked for`);
}

/** What is packed may bring very much and become nothing. */
function counted(body: ReadableStream<Uint8Array<ArrayBuffer>>, limits: BodyLimits) {
  let length = 0;
  const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(piece, controller) {
      length += piece.byteLength;
      if (length > limits.maxBytes) throw tooLarge(limits);
      controller.enqueue(piece);
    },
  });
  return body.pipeThrough(counter);
}

function tooLarge({ host, maxBytes }: BodyLimits): ApiError {
  return failed(`what ${host} sends is larger than ${maxBytes} bytes`);
}

function failed(message: string, cause?: unknown): ApiError {
  return new ApiError("fetch_failed", message, { cause });
}
