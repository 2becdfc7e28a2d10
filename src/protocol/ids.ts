import { ApiError } from "./errors.ts";

/** The longest id, in bytes of UTF-8. */
const maxIdBytes = 128;

/**
 * Ids that callers choose are opaque: they are compared as they are, and never become a part of a path.
 *
 * @throws {ApiError} `invalid_request` for an id of another shape
 */
export function assertId(name: string, id: string): void {
  const isPlain = id !== "" && id !== "." && id !== ".." && !/[\p{Cc}/\\]/u.test(id);
  if (!isPlain || Buffer.byteLength(id) > maxIdBytes)
    throw new ApiError(
      "invalid_request",
      `${name}: expected 1 to ${maxIdBytes} bytes without control characters, / and \\, and neither . nor ..`,
    );
}
