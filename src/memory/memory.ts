import type { Message } from "../protocol/chat.ts";
import type {
  AddedMemories,
  MemoryChange,
  MemoryPage,
  MemoryRecord,
  MemoryView,
  NewMemory,
  ScoredMemory,
} from "../protocol/memory.ts";

/** A memory as a conversation is given it, the best first. */
export type RecalledMemory = Pick<ScoredMemory, "id" | "memory" | "score">;

/** Who answered the conversation that facts are looked for in: asked for them too, where the settings name nobody. */
export interface Answerer {
  readonly provider: string;
  readonly model: string | null;
}

/** What is known of the users of an owner: two owners' users of the same id have nothing in common. */
export interface Memory extends AsyncDisposable {
  /**
   * All or none. One id for each, in order: a text that the user has already keeps its id, and is not counted.
   *
   * @throws {ApiError} `storage_full` where the owner's memories would take more than they may
   */
  add(owner: string, userId: string, memories: readonly NewMemory[]): Promise<AddedMemories>;
  /** The newest first; `page` counts from 1. */
  list(
    owner: string,
    userId: string,
    view: MemoryView & { readonly page: number; readonly size: number },
  ): Promise<MemoryPage>;
  /** By words, and by meaning where embeddings are on; the best first. */
  search(
    owner: string,
    userId: string,
    view: MemoryView & { readonly text: string; readonly limit: number },
    signal: AbortSignal,
  ): Promise<readonly ScoredMemory[]>;
  /** @throws {ApiError} `not_found`; `duplicate` where another memory of the user has this text */
  change(owner: string, userId: string, id: string, change: MemoryChange): Promise<MemoryRecord>;
  /** @throws {ApiError} `not_found` */
  remove(owner: string, userId: string, id: string): Promise<void>;
  /** Gives how many there were. */
  removeAll(owner: string, userId: string): Promise<number>;
  /**
   * The best matches for a question, for a conversation; none if none fit. What embeddings do not say soon is not waited
   * for. Never throws.
   */
  recall(owner: string, userId: string, question: string, signal: AbortSignal): Promise<readonly RecalledMemory[]>;
  /**
   * Adds the facts about the user that a model finds in an exchange, where the settings say so. Resolves when that is
   * done; never throws. It leaves a row of usage.
   */
  extract(
    owner: string,
    userId: string,
    messages: readonly Message[],
    signal: AbortSignal,
    answerer?: Answerer,
  ): Promise<void>;
}
