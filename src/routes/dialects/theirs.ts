import { type TSchema, Type } from "@sinclair/typebox";
import { answers } from "../../http/answers.ts";
import { content } from "../../http/content.ts";

/** What another's API takes and gives is described by its owner: here it is an object. */
export const Theirs = Type.Object({}, { additionalProperties: true });

/** An answer of another's API: whole, and by these media types as it comes. */
export function theirAnswer(...streams: readonly string[]) {
  const types: readonly (readonly [string, TSchema])[] = [
    ["application/json", Theirs],
    ...streams.map((type) => [type, Type.String()] as const),
  ];
  return answers({ 200: content<object>(Object.fromEntries(types)) });
}
