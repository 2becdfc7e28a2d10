import type { Static, TSchema } from "@sinclair/typebox";
import { createCheck, explainMismatch } from "../lib/schema.ts";
import { ApiError } from "../protocol/errors.ts";

/** Gives a value that fits. @throws {ApiError} `invalid_request`, naming the field and never its value */
export type Read<T> = (value: unknown, place?: string) => T;

/** Reads a piece of a body by its schema; `place` is where it stands there: `messages[0].content[1]`. */
export function createReader<T extends TSchema>(schema: T): Read<Static<T>> {
  const compiled = createCheck(schema);
  return (value, place = "") => {
    if (compiled.Check(value)) return value;
    if (place === "") throw new ApiError("invalid_request", explainMismatch(compiled, value));
    const told = explainMismatch(compiled, value, "");
    throw new ApiError("invalid_request", /^[: ]/.test(told) ? place + told : `${place}.${told}`);
  };
}
