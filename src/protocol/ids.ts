import { ApiError } from "./errors.ts";

/** The longest id, in bytes of UTF-8. */
const maxIdBytes = 128;

/**
 * Ids that callers choose are opaque: they are compared as they are, and never become a part of a path.
 *
 * @throws {ApiError} `invalid_request` for an id of another shape
 */
export function assertId(name: string, id: string): void {
  if (!isId(id))
    throw new ApiError(
      "invalid_request",
      `${name}: expected 1 to ${maxIdBytes} bytes of UTF-8 without control characters, / and \\, and neither . nor ..`,
    );
}

export function isId(id: string): boolean {
  // What could not be read as UTF-8 has become U+FFFD, or will: many ids would be one.
  const isPlain = id !== "" && id !== "." && id !== ".." && !/[\p{Cc}\p{Cs}\ufffd/\\]/u.test(id);
  return isPlain && Buffer.byteLength(id) <= maxIdBytes;
}
