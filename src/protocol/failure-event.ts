import { ApiError, type ErrorClass, type ErrorCode } from "./errors.ts";
import type { EventOf, RunEvent } from "./events.ts";

/** Where an event that was made here has what it tells of: it has no room for its code. It is never written. */
const failureOf = Symbol("failure");
interface MadeHere {
  readonly [failureOf]?: ApiError;
}

/** A failure as the event that tells of it: a matter of keys has a type of its own. */
export function failureEvent(failure: ApiError): RunEvent {
  const message = `${failure.class}: ${failure.message}`;
  const event: RunEvent =
    failure.class === "MissingAuthError"
      ? { type: "auth", auth: failure.class, message }
      : { type: "error", error: failure.class, message };
  return Object.defineProperty(event, failureOf, { value: failure });
}

/**
 * The failure that an event tells of, for who answers with a status: the very same; of an event that was read back from
 * disk, the code that its class most likely stands for.
 */
export function fromFailureEvent(event: (EventOf<"error"> | EventOf<"auth">) & MadeHere): ApiError {
  if (event[failureOf]) return event[failureOf];
  const name = event.type === "auth" ? event.auth : event.error;
  const prefix = `${name}: `;
  const message = event.message.startsWith(prefix) ? event.message.slice(prefix.length) : event.message;
  return new ApiError(usualCodes.get(name) ?? "upstream_failed", message);
}

const usualCodes: ReadonlyMap<string, ErrorCode> = new Map<ErrorClass, ErrorCode>([
  ["MissingAuthError", "missing_auth"],
  ["PaymentRequiredError", "payment_required"],
  ["BadRequestError", "upstream_rejected"],
  ["ModelNotFoundError", "model_not_found"],
  ["RateLimitError", "rate_limited"],
  ["TimeoutError", "upstream_timeout"],
  ["ResponseError", "upstream_failed"],
  ["NoMediaResponseError", "no_media"],
  ["CancelledError", "cancelled"],
]);
