import { parseJson } from "../lib/json.ts";
import { ApiError } from "../protocol/errors.ts";
import { header } from "./headers.ts";

const drainBytes = 1024 * 1024;

/** The whole body, up to `maxBytes`. @throws {ApiError} `body_too_large`, `unsupported_media_type` */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const encoding = header(request, "content-encoding");
  if (encoding !== undefined && encoding !== "identity") {
    throw new ApiError(
      "unsupported_media_type",
      "compressed bodies are not accepted: send it without Content-Encoding",
    );
  }
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of request.body ?? []) {
    length += piece.byteLength;
    if (length <= maxBytes) pieces.push(piece);
    // An answer to a body that nobody reads can be lost with the connection: a little more of it is taken.
    else if (length > maxBytes + drainBytes) break;
  }
  if (length > maxBytes) throw new ApiError("body_too_large", `the body is larger than ${maxBytes} bytes`);
  const body = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    body.set(piece, offset);
    offset += piece.byteLength;
  }
  return body;
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
