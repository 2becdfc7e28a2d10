import { Type, type Static } from "@sinclair/typebox";

/** The last moment that a date can name, in milliseconds since 1970. */
const maxMs = 8.64e15;

/**
 * A chat as it is published: any JSON object. It is kept and given back byte for byte, so nothing but its version is ever
 * read of it. Without `updated` its version is the server's clock, and the document stays without.
 */
export const ShareDocument = Type.Object(
  {
    updated: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: maxMs,
        expected: "the document's version: a whole number of milliseconds since 1970",
      }),
    ),
  },
  { additionalProperties: true },
);
export type ShareDocument = Static<typeof ShareDocument>;

/** What came of publishing a chat. */
export const ShareSaved = Type.Object({
  share_id: Type.String(),
  /** Its version: what `ETag` says, and what a later one must be greater than. */
  updated: Type.Integer({ minimum: 0 }),
  /** For the first writer, and never again: whoever sends it as `x-write-key` may overwrite and delete the chat. */
  write_key: Type.Optional(Type.String()),
  /** When it goes by itself: ISO 8601, UTC. */
  expires_at: Type.Optional(Type.String()),
});
export type ShareSaved = Static<typeof ShareSaved>;
