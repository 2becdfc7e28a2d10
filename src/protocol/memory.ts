import { Type, type Static } from "@sinclair/typebox";

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

/** A condition on memories, as it was understood. */
export type MemoryFilter =
  | { readonly all: readonly MemoryFilter[] }
  | { readonly any: readonly MemoryFilter[] }
  | { readonly not: MemoryFilter }
  | MemoryCondition;

export type Scalar = string | number | boolean | null;

/** A condition on one field: of the memory itself, or of its metadata. */
export interface MemoryCondition {
  readonly field: { readonly own: "created_at" | "updated_at" | "conversation_id" } | { readonly metadata: string };
  readonly test:
    | { readonly op: "eq" | "ne" | "contains"; readonly value: Scalar }
    | { readonly op: "in"; readonly values: readonly Scalar[] }
    | { readonly op: "gte" | "gt" | "lte" | "lt"; readonly value: string | number }
    | { readonly op: "icontains"; readonly value: string };
}
