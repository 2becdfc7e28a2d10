import { ApiError } from "./errors.ts";

/** What one request may carry of pictures, sounds and documents: they are in memory, as base64, while it is answered. */
export interface InlineBudget {
  /** @throws {ApiError} `body_too_large` */
  take(bytes: number): void;
}

const maxBytes = 32 * 1024 * 1024;

export function createInlineBudget(): InlineBudget {
  let left = maxBytes;
  return {
    take(bytes) {
      left -= bytes;
      if (left < 0)
        throw new ApiError(
          "body_too_large",
          `a request carries at most ${maxBytes} bytes of files: put large documents into a bucket, POST /backend-api/v2/files/<bucket_id>`,
        );
    },
  };
}
