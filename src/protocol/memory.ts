import { Type, type Static, type TSchema } from "@sinclair/typebox";
import type { MemoryFilter } from "./memory-filter.ts";

/** What callers keep beside a memory: any JSON, unchanged. */
export const Metadata = Type.Record(Type.String(), Type.Unknown(), { expected: "an object" });
export type Metadata = Static<typeof Metadata>;

/** Something known of a user. */
export const MemoryRecord = Type.Object({
  id: Type.String(),
  memory: Type.String(),
  user_id: Type.String(),
  metadata: Metadata,
  /** The conversation that it comes from, where that was said. */
  conversation_id: Type.Union([Type.String(), Type.Null()]),
  /** ISO 8601, UTC. */
  created_at: Type.String(),
  updated_at: Type.String(),
});
export type MemoryRecord = Static<typeof MemoryRecord>;

/** One that a search found. */
export const ScoredMemory = Type.Composite([
  MemoryRecord,
  /** Up to 1: the first by words, and by meaning where that is on. */
  Type.Object({ score: Type.Number() }),
]);
export type ScoredMemory = Static<typeof ScoredMemory>;

/** A page of a user's memories; `next` and `previous` are addresses. */
export const MemoryList = Type.Object({
  count: Type.Integer(),
  next: Type.Union([Type.String(), Type.Null()]),
  previous: Type.Union([Type.String(), Type.Null()]),
  results: Type.Array(MemoryRecord),
});

/** Those of whom something is remembered, by their ids; `next` is the `cursor` of the page that follows. */
export const MemoryUsers = Type.Object({
  /** Whom a request means that names no user. */
  own: Type.String(),
  users: Type.Array(Type.Object({ user_id: Type.String(), count: Type.Integer() })),
  next: Type.Union([Type.String(), Type.Null()]),
});

/** `count` were stored; one id for each that was sent, in order: a text that was known keeps its id. */
export const AddedMemories = Type.Object({ count: Type.Integer(), ids: Type.Array(Type.String()) });
export type AddedMemories = Static<typeof AddedMemories>;

/** A memory that is to be stored. */
export interface NewMemory {
  readonly text: string;
  readonly metadata?: Metadata | undefined;
  readonly conversationId?: string | undefined;
}

/** What of a memory is changed; metadata as a whole. */
export interface MemoryChange {
  readonly text?: string | undefined;
  readonly metadata?: Metadata | undefined;
}

/** Some of a user's memories, and how many there are in all. */
export interface MemoryPage {
  readonly count: number;
  readonly memories: readonly MemoryRecord[];
}

/** What a memory must fulfil to be seen. */
export interface MemoryView {
  readonly filter?: MemoryFilter | undefined;
}

const maxItems = 1000;

const Text = Type.String({ expected: "a text that is not empty" });
const Maybe = <T extends TSchema>(schema: T, expected: string) =>
  Type.Optional(Type.Union([schema, Type.Null()], { expected: `${expected} or null` }));
const ConversationId = () => Maybe(Type.String({ minLength: 1, maxLength: 256 }), "an id of at most 256 characters");

/** The messages of a conversation, each of which becomes a memory. */
export const MemoryItems = Type.Object({
  id: ConversationId(),
  items: Type.Array(
    Type.Object({
      role: Maybe(Type.String({ maxLength: 64 }), "a role"),
      content: Type.Union(
        [Text, Type.Array(Type.Object({ type: Type.Optional(Type.String()), text: Type.Optional(Type.String()) }))],
        {
          expected: "a text that is not empty",
        },
      ),
    }),
    { minItems: 1, maxItems, expected: `a list of 1 to ${maxItems} items with role and content` },
  ),
});
/** One of the caller's own words. */
export const SingleMemory = Type.Object({ memory: Text, metadata: Maybe(Metadata, "an object"), id: ConversationId() });
/** What shall be otherwise; metadata as a whole. */
export const MemoryPatch = Type.Object({ memory: Type.Optional(Text), metadata: Type.Optional(Metadata) });
