import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { createCheck, explainMismatch } from "../../lib/schema.ts";
import { maxNameLength } from "../../protocol/chat.ts";
import { ApiError } from "../../protocol/errors.ts";

/** What reads a body as what a schema says. @throws {ApiError} `invalid_request`, naming the field and never its value */
export function checked<T extends TSchema>(schema: T): (body: unknown) => Static<T> {
  const compiled = createCheck(schema);
  return (body) => {
    if (!compiled.Check(body)) throw new ApiError("invalid_request", explainMismatch(compiled, body));
    return body;
  };
}

/** A field that may be left out, or null. */
export const MaybeGiven = <T extends TSchema>(schema: T, expected: string) =>
  Type.Optional(Type.Union([schema, Type.Null()], { expected }));

/** Of a model, a provider or a voice. */
export const Name = Type.String({ maxLength: maxNameLength });

/** Who is to answer. */
export const target = {
  model: MaybeGiven(Name, "a model's name"),
  provider: MaybeGiven(Name, "a provider's name"),
};
