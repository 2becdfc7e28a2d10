import { ApiError } from "../protocol/errors.ts";

/** A place among numbered rows, out of a `cursor`. @throws {ApiError} `invalid_request` */
export function toPlace(cursor = ""): number | undefined {
  if (cursor === "") return undefined;
  if (!/^\d{1,15}$/.test(cursor)) throw new ApiError("invalid_request", "cursor: expected the `next` of another page");
  return Number(cursor);
}

export interface Page<T> {
  readonly rows: T[];
  /** The `cursor` of the page that follows; null where this is the last. */
  readonly next: string | null;
}

/** A page out of what was read with one row more than it holds, which tells whether another follows. */
export function toPage<T>(read: readonly T[], limit: number, toCursor: (last: T) => string): Page<T> {
  const last = read[limit - 1];
  return { rows: read.slice(0, limit), next: last && read.length > limit ? toCursor(last) : null };
}
