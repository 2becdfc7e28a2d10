import { type TSchema, Type } from "@sinclair/typebox";
import { Bytes } from "../protocol/forms.ts";

/** What stands in a body, by its media type. */
export type Contents = Readonly<Record<string, TSchema>>;

/**
 * A body that Elysia neither reads nor checks: the route does, or writes it. `T` is what callers have in TypeScript, and
 * the contents are what stands in `/openapi.json`.
 */
export function content<T>(contents: Contents) {
  return Type.Unsafe<T>(Type.Any({ contents }));
}

/** What is given as it is kept. */
export function bytes(...mediaTypes: readonly string[]) {
  return content<Blob>(Object.fromEntries(mediaTypes.map((type) => [type, Bytes])));
}

/** Where something else is to be had instead: the address is in `location`. Most clients follow it by themselves. */
export const Redirect = Type.String({ contents: {} });
