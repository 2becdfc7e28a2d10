import { type Clock, toTime } from "../lib/clock.ts";
import { within } from "../lib/deadline.ts";
import { createId } from "../lib/ids.ts";
import { isObject, tryParseJson } from "../lib/json.ts";
import type { Log } from "../lib/log.ts";
import type { Caller } from "../protocol/caller.ts";
import type { Message } from "../protocol/chat.ts";
import { ApiError } from "../protocol/errors.ts";
import type {
  AddedMemories,
  MemoryChange,
  MemoryPage,
  MemoryRecord,
  MemoryView,
  NewMemory,
  ScoredMemory,
} from "../protocol/memory.ts";
import { toTerms } from "../store/full-text.ts";
import type { MemoryTable } from "../store/memories.ts";
import { type MemoryRow, toText } from "../store/memory-rows.ts";
import type { Answerer, Extraction } from "./extraction.ts";
import type { Meaning } from "./meaning.ts";

/** A memory as a conversation is given it, the best first. */
export type RecalledMemory = Pick<ScoredMemory, "id" | "memory" | "score">;

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
  /** By words, and by meaning where embeddings are on and the caller's budget pays for it; the best first. */
  search(
    caller: Caller,
    userId: string,
    view: MemoryView & { readonly text: string; readonly limit: number },
    signal: AbortSignal,
  ): Promise<readonly ScoredMemory[]>;
  /** @throws {ApiError} `not_found`; `duplicate` where another memory of the user has this text; as `add` */
  change(owner: string, userId: string, id: string, change: MemoryChange): Promise<MemoryRecord>;
  /** @throws {ApiError} `not_found` */
  remove(owner: string, userId: string, id: string): Promise<void>;
  /** Gives how many there were. */
  removeAll(owner: string, userId: string): Promise<number>;
  /**
   * The best matches for a question, for a conversation; none if none fit. What embeddings do not say soon is not waited
   * for. Never throws.
   */
  recall(caller: Caller, userId: string, question: string, signal: AbortSignal): Promise<readonly RecalledMemory[]>;
  /**
   * Adds the facts about the user that a model finds in an exchange, where the settings say so. Resolves when that is
   * done; never throws. The caller's budget pays for it.
   */
  extract(
    caller: Caller,
    userId: string,
    messages: readonly Message[],
    signal: AbortSignal,
    answerer?: Answerer,
  ): Promise<void>;
}

export interface MemoryParts {
  readonly table: MemoryTable;
  readonly meaning: Meaning;
  readonly extraction: Extraction;
  readonly clock: Clock;
  readonly log: Log;
  /** What the memories of one owner may take, in bytes. */
  readonly maxBytes: number;
}

/** Somebody looks at what is found, or waits for an answer that it only helps. */
const patienceMs = { search: 5000, recall: 800 };
/** So many go before a conversation: each is read by the model whether it matters or not. */
const recalled = 8;
/** Of a question, its end: what is asked stands there. */
const maxQuestionLetters = 2000;

export function openMemory(parts: MemoryParts): Memory {
  const { table, meaning, extraction, clock, log, maxBytes } = parts;
  const closing = new AbortController();
  let sweeping = Promise.resolve();
  sweep();
  meaning.wake();

  return {
    add,
    async list(owner, userId, { filter, page, size }) {
      const { count, rows } = await table.list({ owner, userId, filter, skip: (page - 1) * size, limit: size });
      return { count, memories: rows.map((row) => toRecord(userId, row)) };
    },
    search,
    async change(owner, userId, id, { text, metadata }) {
      const toJson = (value: unknown) => (value === undefined ? undefined : JSON.stringify(value));
      const wished = { text: toJson(text), metadata: toJson(metadata), at: clock() };
      const changed = await table.change(owner, userId, id, wished, maxBytes);
      if (!changed) throw missing();
      if (text !== undefined) meaning.wake();
      return toRecord(userId, changed);
    },
    async remove(owner, userId, id) {
      if (!(await table.remove(owner, userId, id))) throw missing();
    },
    async removeAll(owner, userId) {
      const count = await table.removeAll(owner, userId);
      sweep();
      return count;
    },
    async recall(caller, userId, question, signal) {
      const text = question.slice(-maxQuestionLetters);
      const found = searchWithin(caller, userId, { text, limit: recalled }, patienceMs.recall, signal).catch(
        (error: unknown) => {
          if (!signal.aborted) log.warn("memories could not be looked for", { error });
          return [];
        },
      );
      return (await within(found, 2 * patienceMs.recall)) ?? [];
    },
    extract: (caller, userId, messages, signal, answerer) =>
      extraction.extract(
        { caller, userId, messages, answerer },
        { search, add },
        AbortSignal.any([signal, closing.signal]),
      ),
    async [Symbol.asyncDispose]() {
      closing.abort(new ApiError("shutting_down", "the server stops"));
      await sweeping;
      await meaning[Symbol.asyncDispose]();
    },
  };

  async function add(owner: string, userId: string, memories: readonly NewMemory[]): Promise<AddedMemories> {
    const now = clock();
    const rows = memories.map(({ text, metadata = {}, conversationId = null }) => ({
      memory_id: createId("mem"),
      text: JSON.stringify(text),
      metadata: JSON.stringify(metadata),
      conversation_id: conversationId,
      created_at: now,
      updated_at: now,
    }));
    const added = await table.add(owner, userId, rows, maxBytes);
    if (added.count > 0) meaning.wake();
    return added;
  }

  function search(...[caller, userId, view, signal]: Parameters<Memory["search"]>): ReturnType<Memory["search"]> {
    return searchWithin(caller, userId, view, patienceMs.search, signal);
  }

  async function searchWithin(
    caller: Caller,
    userId: string,
    { text, limit, filter }: Parameters<Memory["search"]>[2],
    patience: number,
    signal: AbortSignal,
  ): Promise<readonly ScoredMemory[]> {
    const found = await table.search({
      owner: caller.owner,
      userId,
      terms: toTerms(text),
      meaning: await meaning.of(text, { caller, patienceMs: patience, signal }),
      filter,
      limit,
    });
    return found.map(({ score, ...row }) => ({ ...toRecord(userId, row), score }));
  }

  /** Removes in the background what nobody sees any more. */
  function sweep(): void {
    sweeping = sweeping.then(async () => {
      try {
        while (!closing.signal.aborted && (await table.sweep()));
      } catch (error) {
        log.warn("removed memories could not be swept away: the next start tries again", { error });
      }
    });
  }
}

function missing(): ApiError {
  return new ApiError("not_found", "this user has no such memory");
}

function toRecord(userId: string, row: MemoryRow): MemoryRecord {
  const metadata = tryParseJson(row.metadata);
  return {
    id: row.memory_id,
    memory: toText(row.text),
    user_id: userId,
    metadata: isObject(metadata) ? metadata : {},
    conversation_id: row.conversation_id,
    created_at: toTime(row.created_at),
    updated_at: toTime(row.updated_at),
  };
}
