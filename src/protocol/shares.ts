import { Type, type Static } from "@sinclair/typebox";
import { Maybe } from "./maybe.ts";

/** The last moment that a date can name, in milliseconds since 1970. */
const maxMs = 8.64e15;

/**
 * A chat as it is published: any JSON object. It is kept and given back byte for byte, so nothing but its version is ever
 * read of it; and for the list of what one shares its `title`, the `chat_id` of the stored chat that it shows, and whether it
 * is `live`. Without `updated` its version is the server's clock, and the document stays without.
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

/** A chat that one has published, without its document. */
export const ShareInfo = Type.Object({
  share_id: Type.String(),
  /** What its document says, where it says so. */
  title: Maybe(Type.String()),
  /** The stored chat that it shows, where its document names one. */
  chat_id: Maybe(Type.String()),
  /** Whether its document says that it is to keep up with that chat. */
  live: Type.Boolean(),
  /** Its version: what `ETag` says. */
  updated: Type.Integer({ minimum: 0 }),
  /** What it takes of `max_shares`. */
  bytes: Type.Integer(),
  created_at: Type.String(),
  /** When it goes by itself; null for never. */
  expires_at: Maybe(Type.String()),
});
export type ShareInfo = Static<typeof ShareInfo>;

/** What one shares. `next` is the cursor of the page that follows. */
export const ShareList = Type.Object({ shares: Type.Array(ShareInfo), next: Maybe(Type.String()) });
export type ShareList = Static<typeof ShareList>;
