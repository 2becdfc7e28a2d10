import type { Static, TSchema } from "@sinclair/typebox";
import { createCheck, explainMismatch } from "../../lib/schema.ts";
import { ApiError } from "../../protocol/errors.ts";

/** What reads a body as what a schema says. @throws {ApiError} `invalid_request`, naming the field and never its value */
export function checked<T extends TSchema>(schema: T): (body: unknown) => Static<T> {
  const compiled = createCheck(schema);
  return (body) => {
    if (!compiled.Check(body)) throw new ApiError("invalid_request", explainMismatch(compiled, body));
    return body;
  };
}
