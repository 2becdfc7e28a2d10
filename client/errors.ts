import type { ErrorCode } from "../src/protocol/errors.ts";

/** What the server refuses with, and what only this side can say. */
export type ParleyErrorCode = ErrorCode | "connection_failed" | "run_failed";

/** The one failure of the client. `message` is what the server says: one sentence that a person can act on. */
export class ParleyError extends Error {
  override readonly name = "ParleyError";
  readonly code: ParleyErrorCode;
  /** The HTTP status; 0 where there was none. */
  readonly status: number;
  /** How long to wait before asking again, where the server says so. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ParleyErrorCode,
    message: string,
    { status = 0, retryAfterMs, cause }: { status?: number; retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.code = code;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}
