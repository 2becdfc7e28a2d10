import { ApiError } from "../protocol/errors.ts";

/** A place among numbered rows, out of a `cursor`. @throws {ApiError} `invalid_request` */
export function toPlace(cursor = ""): number | undefined {
  if (cursor === "") return undefined;
  if (!/^\d{1,15}$/.test(cursor)) throw new ApiError("invalid_request", "cursor: expected the `next` of another page");
  return Number(cursor);
}
