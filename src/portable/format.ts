import { type Static, Type } from "@sinclair/typebox";
import { Maybe } from "../protocol/maybe.ts";

/**
 * What a person has, to take along: JSON lines, each an object with a `type`. The first is `export`, the last `end`, which
 * counts the others: a file without it was cut short. Times are ISO 8601, UTC.
 */
export const Heading = Type.Object({
  type: Type.Literal("export"),
  format: Type.Literal("parley-export"),
  format_version: Type.Literal(1),
  /** The program that wrote it. */
  parley: Type.String(),
  created_at: Type.String(),
  owner: Type.String(),
});

/** What can be taken along, in the order of the file. `chat` is the object of `GET …/chats/export`. */
export const ChatLine = Type.Object({ type: Type.Literal("chat"), chat: Type.Object({}) });

export const MemoryLine = Type.Object({
  type: Type.Literal("memory"),
  user_id: Type.String(),
  memory: Type.String({ minLength: 1 }),
  metadata: Type.Object({}),
  conversation_id: Maybe(Type.String()),
  created_at: Type.String(),
  updated_at: Type.String(),
});

/** A shared chat. Its document is a text, so that it comes back byte for byte. It gets a new write key. */
export const ShareLine = Type.Object({
  type: Type.Literal("share"),
  share_id: Type.String(),
  updated: Type.Integer({ minimum: 0 }),
  expires_at: Maybe(Type.String()),
  document: Type.String(),
});

const Count = Type.Integer({ minimum: 0, maximum: 1_000_000_000 });

/** A row of usage. */
export const UsageLine = Type.Object({
  type: Type.Literal("usage"),
  run_id: Type.String({ minLength: 1 }),
  created_at: Type.String(),
  user: Maybe(Type.String()),
  provider: Maybe(Type.String()),
  model: Maybe(Type.String()),
  prompt_tokens: Count,
  completion_tokens: Count,
  total_tokens: Count,
  saved_tokens: Count,
  cost: Maybe(Type.Number({ minimum: 0, maximum: 100_000 })),
  /** Whatever else was told of it. */
  details: Type.Object({}),
});

export const Line = Type.Union([ChatLine, MemoryLine, ShareLine, UsageLine]);
export type Line = Static<typeof Line>;

export const kinds = ["chats", "memories", "shares", "usage"] as const;
export type Kind = (typeof kinds)[number];
export type Counts = Readonly<Record<Kind, number>>;
