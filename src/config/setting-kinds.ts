import { Type } from "@sinclair/typebox";

/** What settings are made of. */

/** `alsoFrom` are the variables that other programs read for the same, the first that is set. */
export const text = (description: string, fallback: string, ...alsoFrom: string[]) =>
  Type.String({ description, default: fallback, ...(alsoFrom.length > 0 && { alsoFrom }) });
/** An address that people are shown without the keys that it may hold in its path or its query. */
export const address = (description: string) => Type.String({ description, default: "", isAddress: true });
export const seconds = (description: string, fallback: number) =>
  Type.Number({ description: `${description}, in seconds`, default: fallback, exclusiveMinimum: 0, maximum: 86_400 });
export const orZero = (description: string, fallback: number) =>
  Type.Number({ description: `${description}, in seconds`, default: fallback, minimum: 0, maximum: 86_400 });
/** `alsoFrom` is the variable that the vendor's own programs read. */
export const secret = (description: string, alsoFrom?: string) =>
  Type.String({ description, default: "", secret: true, ...(alsoFrom && { alsoFrom }) });
export const flag = (description: string, fallback = false) => Type.Boolean({ description, default: fallback });

export const choice = <const T extends string>(description: string, values: readonly T[], fallback?: T) =>
  Type.Unsafe<T>(
    Type.Union(
      values.map((value) => Type.Literal(value)),
      { description, ...(fallback && { default: fallback }), expected: `one of ${values.join(", ")}` },
    ),
  );

export const strict = { additionalProperties: false } as const;
