import { Elysia } from "elysia";
import { tellFailure, type ToldFailure } from "../dialects/failures.ts";
import { codeOf } from "../lib/error-code.ts";
import type { Log } from "../lib/log.ts";
import { explainError } from "../lib/schema.ts";
import { ApiError, toApiError } from "../protocol/errors.ts";
import { toFailure } from "../protocol/resources.ts";
import { safeHeaders } from "./safe-headers.ts";

/** Every failure of every route, as the one shape; or as the callers of another's API expect it. */
export function failure(log: Log) {
  return new Elysia({ name: "failure" }).onError({ as: "global" }, ({ code, error, request, route, set }) => {
    const failed = toError(code, error, request.signal);
    if (failed.reason === "internal" || failed.reason === "storage_damaged") {
      log.error("a request failed inside the server", {
        method: request.method,
        route,
        id: set.headers["x-request-id"],
        error,
      });
    }
    return failureResponse(failed, set.headers, tellFailure(failed, request, String(set.headers["x-request-id"])));
  });
}

/**
 * What Bun meets once it has been given an answer, and would answer in its own way: that a file which is to be sent was
 * removed since it was looked at.
 */
export function lateFailure(log: Log): (thrown: Error) => Response {
  return (thrown) => {
    const isGone = codeOf(thrown) === "ENOENT";
    const failed = isGone ? new ApiError("not_found", "its file is gone") : toApiError(thrown);
    if (failed.reason === "internal") log.error("an answer could not be sent", { error: thrown });
    return failureResponse(failed, { "x-request-id": Bun.randomUUIDv7(), ...safeHeaders });
  };
}

/** An error as a response, with the headers that every answer has. */
export function failureResponse(
  error: ApiError,
  headers: Readonly<Record<string, unknown>>,
  told: ToldFailure = { body: toFailure(error) },
): Response {
  const response = Response.json(told.body, { status: error.status, headers: told.headers ?? {} });
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, String(value));
  if (error.retryAfterMs !== undefined)
    response.headers.set("retry-after", String(Math.ceil(error.retryAfterMs / 1000)));
  if (error.reason === "access_denied") response.headers.set("www-authenticate", "Bearer");
  return response;
}

function toError(code: unknown, error: unknown, { aborted, reason }: AbortSignal): ApiError {
  if (error instanceof ApiError) return error;
  // What is thrown for the reason that the client has left is no failure of ours, and nobody hears of it.
  if (aborted && error === reason) return new ApiError("cancelled", "the client has left");
  // What a body's reader throws arrives wrapped.
  if (code === "PARSE" && error instanceof Error) {
    return error.cause instanceof ApiError ? error.cause : new ApiError("invalid_json", "the body is not JSON");
  }
  if (code === "NOT_FOUND") return new ApiError("not_found", "there is nothing at this address");
  if (code === "VALIDATION" && isInvalidRequest(error)) return new ApiError("invalid_request", explainInvalid(error));
  return toApiError(error);
}

interface InvalidRequest {
  readonly type: string;
  readonly valueError?: Parameters<typeof explainError>[0];
}

/** A response that does not fit its schema is our own fault, and no caller's. */
function isInvalidRequest(error: unknown): error is InvalidRequest {
  return error instanceof Error && "type" in error && error.type !== "response";
}

function explainInvalid({ type, valueError }: InvalidRequest): string {
  return valueError ? explainError(valueError, `the ${type}`) : `the ${type} is not what this route takes`;
}
