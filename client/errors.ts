import type { ErrorClass, ErrorCode } from "../src/protocol/errors.ts";

/** Refusals that a later try may not meet. */
const limitCodes = [
  "rate_limited",
  "budget_spent",
  "too_many_runs",
  "too_many_connections",
  "overloaded",
  "shutting_down",
  "still_running",
] as const;
type LimitCode = (typeof limitCodes)[number];

/**
 * What the server refuses with, and what only this side can say: `connection_failed`, no answer came, or it broke off and
 * could not be gone on with; `run_failed`, the answer came, and says that it failed; `unexpected_answer`, something
 * answered that is no Parley server. `cancelled` is said here too, of what the caller gave up.
 */
export type ParleyErrorCode = ErrorCode | "connection_failed" | "run_failed" | "unexpected_answer";

/** What every failure has, whatever its code. */
interface Facts {
  /** The HTTP status; 0 where there was none. */
  readonly status: number;
  /** The server's name for the request, by which its log has more. */
  readonly requestId: string | undefined;
  /** Whether the very same request may succeed a while later. What the caller must change, or gave up, is not. */
  readonly isRetryable: boolean;
}

/** The server knows how long it will go on refusing. */
export interface LimitError extends Error, Facts {
  readonly code: LimitCode;
  /** How long to wait before asking again; a second where the server does not say. */
  readonly retryAfterMs: number;
}

/** The answer ended with an `error` or `auth` event. */
export interface RunFailedError extends Error, Facts {
  readonly code: "run_failed";
  /** What kind of failure: the class that the event names. */
  readonly class: ErrorClass;
}

/** Every other failure. */
export interface RefusedError extends Error, Facts {
  readonly code: Exclude<ParleyErrorCode, LimitCode | "run_failed">;
  /** How long to wait before asking again, where the server says so. */
  readonly retryAfterMs: number | undefined;
}

/**
 * The one failure of the client, told apart by `code`. `message` is what the server says: one sentence that a person can
 * act on; it never holds a key.
 *
 * @example
 * catch (error) {
 *   if (isParleyError(error) && error.code === "rate_limited") await sleep(error.retryAfterMs);
 *   else throw error;
 * }
 */
export type ParleyError = LimitError | RunFailedError | RefusedError;

/** What is known of a failure as it is made. */
export interface ParleyErrorInit {
  readonly status?: number;
  readonly requestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly class?: ErrorClass;
  readonly cause?: unknown;
}

/** What a second without a word of the server's comes to. */
const usualWaitMs = 1000;

const limits: ReadonlySet<string> = new Set(limitCodes);
const passing: ReadonlySet<string> = new Set<ParleyErrorCode>([
  "connection_failed",
  "body_too_slow",
  "internal",
  "upstream_failed",
  "upstream_timeout",
]);
const passingClasses: ReadonlySet<string> = new Set<ErrorClass>(["RateLimitError", "TimeoutError", "ResponseError"]);

class ClientError extends Error implements Facts {
  override readonly name = "ParleyError";
  readonly status: number;
  readonly requestId: string | undefined;
  readonly isRetryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly class: ErrorClass | undefined;

  constructor(
    readonly code: ParleyErrorCode,
    message: string,
    { status = 0, requestId, retryAfterMs, class: failed, cause }: ParleyErrorInit = {},
  ) {
    super(message, { cause });
    this.status = status;
    this.requestId = requestId;
    this.class = failed;
    this.isRetryable = limits.has(code) || passing.has(code) || passingClasses.has(failed ?? "");
    this.retryAfterMs = retryAfterMs ?? (limits.has(code) ? usualWaitMs : undefined);
  }
}

/** Thrown by everything here. Made by the client alone; as a type it is the union of what may be thrown. */
// The class has what any of them may have; which one it is follows from the code.
export const ParleyError = ClientError as unknown as {
  readonly prototype: ParleyError;
  new (code: ParleyErrorCode, message: string, init?: ParleyErrorInit): ParleyError;
};

/** Whether something thrown is a failure of the client, also of another copy of it. */
export function isParleyError(thrown: unknown): thrown is ParleyError {
  return thrown instanceof ClientError || (thrown instanceof Error && thrown.name === "ParleyError");
}
