import { askedHeader } from "./asked-header.ts";
import { isHeaderKey } from "../lib/text.ts";
import { ApiError } from "../protocol/errors.ts";
import { header } from "./headers.ts";

/** The caller's own key for a provider, where `x-api-key` is that. @throws {ApiError} `invalid_request` for one that is none */
export function providerKey(request: Request): string | undefined {
  const given = header(request, "x-api-key");
  if (given === undefined || given === "") return undefined;
  if (isHeaderKey(given)) return given;
  throw new ApiError("invalid_request", "x-api-key: expected a key of letters, digits and signs of ASCII");
}

export const providerKeyHeader = askedHeader("x-api-key", "your own key for that provider, and none for this server");
