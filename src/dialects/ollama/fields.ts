import { type TSchema, Type } from "@sinclair/typebox";

/** A field that may be missing or null. @param expected what a refusal says of it */
export function field<T extends TSchema>(schema: T, expected: string) {
  return Type.Optional(Type.Union([schema, Type.Null()], { expected }));
}

export const numberField = () => field(Type.Number(), "a number");
export const textField = () => field(Type.String(), "a string");
export const flagField = () => field(Type.Boolean(), "a boolean");
