import { isDamage, isOutOfDescriptors, toDiskFailure } from "./disk-failure.ts";

/** The class of a failed run, as clients read it in `error`, `auth` and `message` events. */
export type ErrorClass =
  | "MissingAuthError"
  | "PaymentRequiredError"
  | "BadRequestError"
  | "ModelNotFoundError"
  | "RateLimitError"
  | "TimeoutError"
  | "ResponseError"
  | "NoMediaResponseError"
  | "CancelledError";

type Row = { readonly status: number; readonly class: ErrorClass };

/**
 * Every error that we answer with: its code, the HTTP status where it is known before the first byte,
 * and its class where it becomes an event. The table is closed; a new failure is a new row.
 */
export const errorCodes = {
  invalid_json: { status: 400, class: "BadRequestError" },
  invalid_request: { status: 400, class: "BadRequestError" },
  upstream_rejected: { status: 400, class: "BadRequestError" },
  /** The prompt is longer than the model reads. */
  context_exceeded: { status: 400, class: "BadRequestError" },
  /** What a caller named is no address that may be fetched, or leads to none. */
  address_not_allowed: { status: 400, class: "BadRequestError" },
  /** It may, and could not be: the caller chose it, so it is no failure of ours, nor of a provider. */
  fetch_failed: { status: 400, class: "BadRequestError" },
  tools_unsupported: { status: 400, class: "BadRequestError" },
  access_denied: { status: 401, class: "MissingAuthError" },
  missing_auth: { status: 401, class: "MissingAuthError" },
  payment_required: { status: 402, class: "PaymentRequiredError" },
  /** It takes a key of the role `admin`. */
  admin_only: { status: 403, class: "BadRequestError" },
  origin_not_allowed: { status: 403, class: "BadRequestError" },
  /** What is shared belongs to somebody else, and its write key did not come. */
  write_denied: { status: 403, class: "BadRequestError" },
  not_found: { status: 404, class: "BadRequestError" },
  provider_not_found: { status: 404, class: "ModelNotFoundError" },
  model_not_found: { status: 404, class: "ModelNotFoundError" },
  method_not_allowed: { status: 405, class: "BadRequestError" },
  not_resumable: { status: 409, class: "BadRequestError" },
  still_running: { status: 409, class: "BadRequestError" },
  id_in_use: { status: 409, class: "BadRequestError" },
  /** The user has that memory already. */
  duplicate: { status: 409, class: "BadRequestError" },
  /** What is there is newer than what came. */
  conflict: { status: 409, class: "BadRequestError" },
  /** A request with this `Idempotency-Key` has written something, and what it was answered is not known. */
  answer_unknown: { status: 409, class: "BadRequestError" },
  /** What is kept was encrypted with a key that is not here. */
  wrong_secret_key: { status: 409, class: "BadRequestError" },
  /** What an `Idempotency-Key` stands for was there, and is not kept any more. */
  answer_expired: { status: 410, class: "BadRequestError" },
  body_too_slow: { status: 408, class: "BadRequestError" },
  precondition_failed: { status: 412, class: "BadRequestError" },
  body_too_large: { status: 413, class: "BadRequestError" },
  unsupported_media_type: { status: 415, class: "BadRequestError" },
  range_not_satisfiable: { status: 416, class: "BadRequestError" },
  /** An `Idempotency-Key` that stands for another request. */
  idempotency_key_reused: { status: 422, class: "BadRequestError" },
  upgrade_required: { status: 426, class: "BadRequestError" },
  rate_limited: { status: 429, class: "RateLimitError" },
  /** The key has used what it may in a day. */
  budget_spent: { status: 429, class: "RateLimitError" },
  too_many_runs: { status: 429, class: "RateLimitError" },
  /** As many sockets as a key may have, readers as an answer, or uploads at once. */
  too_many_connections: { status: 429, class: "RateLimitError" },
  cancelled: { status: 499, class: "CancelledError" },
  internal: { status: 500, class: "ResponseError" },
  /** What is kept is not as it was written. */
  storage_damaged: { status: 500, class: "ResponseError" },
  not_offered: { status: 501, class: "ResponseError" },
  upstream_failed: { status: 502, class: "ResponseError" },
  no_media: { status: 502, class: "NoMediaResponseError" },
  shutting_down: { status: 503, class: "ResponseError" },
  /** New work is refused so that what runs can go on. */
  overloaded: { status: 503, class: "ResponseError" },
  /** The disk of the data directory takes nothing: it is full, read-only, or broken. */
  storage_unavailable: { status: 503, class: "ResponseError" },
  upstream_timeout: { status: 504, class: "TimeoutError" },
  /** What may be kept is used up: a setting's limit, never the disk's. */
  storage_full: { status: 507, class: "ResponseError" },
} as const satisfies Record<string, Row>;

export type ErrorCode = keyof typeof errorCodes;

export interface ApiErrorOptions {
  readonly cause?: unknown;
  readonly retryAfterMs?: number | undefined;
  readonly isHearsay?: boolean;
  readonly brief?: string;
}

/**
 * The one failure of this project. `message` is public: one sentence that a person can act on, without keys,
 * paths, stacks or an upstream's raw body. What only the log may see goes into `cause`.
 */
export class ApiError extends Error {
  // Not named `code`: Elysia reads `error.code` before it looks at the class.
  readonly reason: ErrorCode;
  /** How long to wait before another try, in milliseconds, where that is known. */
  readonly retryAfterMs: number | undefined;
  /** Whether it says nothing of the provider, whatever its code: words may quote the caller, and limits be the caller's. */
  readonly isHearsay: boolean;
  /** The message without a vendor's own words, which may quote the caller: for those who are not. */
  readonly brief: string;

  constructor(reason: ErrorCode, message: string, options: ApiErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = "ApiError";
    this.reason = reason;
    this.retryAfterMs = options.retryAfterMs;
    this.isHearsay = options.isHearsay ?? false;
    this.brief = options.brief ?? message;
  }

  get status(): number {
    return errorCodes[this.reason].status;
  }

  get class(): ErrorClass {
    return errorCodes[this.reason].class;
  }
}

/** Whether what was thrown says that there is no such thing. */
export function isNotFound(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.reason === "not_found";
}

/** As it was thrown; or, where it was a clock that threw, `upstream_timeout` with this message. */
export function orTimedOut(thrown: unknown, message: string): ApiError {
  return thrown instanceof ApiError ? thrown : new ApiError("upstream_timeout", message, { cause: thrown });
}

/**
 * Makes anything thrown an `ApiError`; what is not one already becomes `internal`, with the original as its cause. A disk is
 * full wherever something is written, and is nobody's mistake.
 */
export function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  const failure = toDiskFailure(thrown);
  if (failure)
    return new ApiError("storage_unavailable", failure.message, { cause: thrown, retryAfterMs: untilRoomMs });
  if (isDamage(thrown)) return new ApiError("storage_damaged", damageText, { cause: thrown });
  if (isOutOfDescriptors(thrown))
    return new ApiError("overloaded", "the server has too many connections and files open: try again in a moment", {
      cause: thrown,
      retryAfterMs: untilRoomMs,
    });
  return new ApiError("internal", "Something failed inside the server; its log says more under this request's id.", {
    cause: thrown,
  });
}

const damageText =
  "what is kept there is damaged, and cannot be read: `parley doctor --deep` says what is wrong with it, and what to do";

/** Arbitrary: somebody makes room first. */
const untilRoomMs = 5000;
