import { ApiError } from "../protocol/errors.ts";
import { failureResponse } from "./failure.ts";
import { safeHeaders } from "./safe-headers.ts";

/** Bun hands on whatever stands in `Host`. All else reads addresses as URLs, and would break on what is none. */
export function hasReadableAddress({ url }: Request): boolean {
  return URL.canParse(url, "http://localhost");
}

/** Before any route, and in our own words whoever asks: by its address nobody can say whose client it is. */
export function refuseAddress(): Response {
  const error = new ApiError("invalid_request", "the Host header, or the address that was asked, names no host");
  return failureResponse(error, { "x-request-id": Bun.randomUUIDv7(), ...safeHeaders });
}
