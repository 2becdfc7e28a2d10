import type { Database } from "bun:sqlite";
import { ApiError } from "../protocol/errors.ts";
import {
  type ChatMessageResult,
  type ChatMessageRow,
  type NewChatMessage,
  openChatMessages,
  type RunningMessageRow,
} from "./chat-messages.ts";
import { openChatChanges } from "./chat-changes.ts";
import { openChatHeads } from "./chat-heads.ts";
import { openChatIndex } from "./chat-index.ts";
import type { ChatQuery, ChatsFound } from "./chat-search.ts";
import { createChatSteps } from "./chat-steps.ts";
import type { Reader } from "./reader.ts";
import type { Writer } from "./writer.ts";

/** Who made a title: the first words of the chat, a model, or a person, who has the last word. */
export type TitleBy = "words" | "model" | "user";

/** A chat of an owner's: two owners' chats of the same id have nothing in common. */
export interface ChatRow {
  readonly id: number;
  readonly owner: string;
  readonly chat_id: string;
  readonly title: string | null;
  readonly title_by: TitleBy | null;
  readonly pinned: 0 | 1;
  readonly archived: 0 | 1;
  /** Milliseconds since 1970. */
  readonly created_at: number;
  /** When something was said last. */
  readonly updated_at: number;
  /** The message that the branch ends with which is shown. */
  readonly current: number | null;
  /** Its `message_id`. */
  readonly current_id: string | null;
  /** JSON: an object of what an import brought that has no place of its own. */
  readonly metadata: string;
}

export type NewChat = Pick<ChatRow, "chat_id"> &
  Partial<Omit<ChatRow, "id" | "owner" | "chat_id" | "current" | "current_id">>;

/** What may be changed of a chat; a title that is set so is a person's. */
export interface ChatChange {
  readonly title?: string | null | undefined;
  readonly pinned?: boolean | undefined;
  readonly archived?: boolean | undefined;
  readonly current?: number | undefined;
}

/** Where a page of chats begins: after this one. */
export type ChatPlace = Pick<ChatRow, "pinned" | "updated_at" | "id">;

export interface ChatTable extends AsyncDisposable {
  find(owner: string, chatId: string): Promise<ChatRow | undefined>;
  /** Pinned ones first, then the newest. */
  list(owner: string, archived: boolean, limit: number, after?: ChatPlace): Promise<ChatRow[]>;
  /** All of them, in the order of their ids. */
  listAll(owner: string, after: number, limit: number): Promise<ChatRow[]>;
  /** Best first, titles before messages. */
  search(query: ChatQuery): Promise<ChatsFound>;
  findMessage(chat: ChatRow, messageId: string): Promise<ChatMessageRow | undefined>;
  /** Those after one of them, parents before their children: at most so many, fewer where they are long. */
  messages(chat: ChatRow, after: number, limit: number): Promise<ChatMessageRow[]>;
  /** From the first to this message, or to the current one; nothing where there is no such message. */
  path(chat: ChatRow, messageId?: string): Promise<ChatMessageRow[]>;
  /** The same in pieces, each read when it is asked for. */
  branch(chat: ChatRow, messageId?: string): AsyncGenerator<readonly ChatMessageRow[]>;
  /** The end of a branch, up to and with this message: at most so many, fewer where they are long. */
  pathEnd(id: number, limit: number): Promise<ChatMessageRow[]>;
  /** The answers to a message, or the first messages for null, the oldest first: in pieces, each read when it is asked for. */
  children(chat: ChatRow, parent: number | null): AsyncGenerator<readonly ChatMessageRow[]>;
  /** Gives `undefined` where the id is taken. */
  create(owner: string, chat: NewChat, messages: readonly NewChatMessage[], now: number): Promise<Appended | undefined>;
  /**
   * Puts messages one under the other below `parent`, or below the current one if that is not said, all or none, in a chat
   * that is made if it is missing; the last of them is then its current one.
   *
   * @throws {ApiError} `not_found` where the parent is not in the chat, `id_in_use` where a message's id is
   */
  append(
    owner: string,
    chatId: string,
    parent: number | null | undefined,
    messages: readonly NewChatMessage[],
    now: number,
  ): Promise<Appended>;
  /**
   * Some messages of an import, each under one that is there, with those of its parents that came before. What is there
   * already stays as it is; where something else is there under an id, that is counted.
   */
  bring(owner: string, chat: NewChat, messages: readonly BroughtMessage[], now: number): Promise<Brought>;
  /** What came of the message that a run produced; nothing where that is gone. */
  finish(runId: string, result: ChatMessageResult): Promise<void>;
  /** Messages that are said to be produced still. */
  listRunning(): Promise<RunningMessageRow[]>;
  /** Gives whether it was set: a model's does not replace a person's, nor the first words a model's. */
  setTitle(owner: string, chatId: string, title: string, by: TitleBy): Promise<boolean>;
  change(chat: ChatRow, change: ChatChange): Promise<ChatRow | undefined>;
  /** Whether there was one. Its messages are found no more, and go in steps. */
  remove(owner: string, chatId: string): Promise<boolean>;
  /** A message, and all below it, the lowest first. */
  removeMessage(chat: ChatRow, id: number): Promise<void>;
  /** Goes on with what a killed server left undone: the removing of messages. */
  resume(): Promise<void>;
}

export interface BroughtMessage extends NewChatMessage {
  readonly message_id: string;
  readonly parent_id: string | null;
}

export interface Brought {
  readonly chat: ChatRow;
  readonly isNew: boolean;
  readonly added: number;
  readonly differing: number;
}

export interface Appended {
  readonly chat: ChatRow;
  readonly messages: readonly ChatMessageRow[];
}

/** A page of messages ends once it is so long. */
const maxPageBytes = 512 * 1024;

export function openChatTable(database: Database, path: string, writer: Writer, reader: Reader): ChatTable {
  const changes = openChatChanges(database, () => index.nudge());
  const index = openChatIndex(path, (seen) => changes.forget(writer, seen));
  if (changes.any()) index.nudge();
  const messages = openChatMessages(database, changes);
  const heads = openChatHeads(database, changes);
  const steps = createChatSteps({ messages, heads, writer, reader });

  return {
    find: async (owner, chatId) => heads.find(owner, chatId),
    list: async (owner, archived, limit, after) => heads.list(owner, archived, limit, after),
    listAll: async (owner, after, limit) => heads.listAll(owner, after, limit),
    search: index.search,
    findMessage: async ({ id }, messageId) => messages.find(id, messageId),
    messages: async ({ id }, after, limit) => messages.page(id, after, limit, maxPageBytes),
    async path(chat, messageId) {
      const rows: ChatMessageRow[] = [];
      for await (const some of this.branch(chat, messageId)) rows.push(...some);
      return rows;
    },
    branch(chat, messageId) {
      const end = messageId === undefined ? chat.current : (messages.find(chat.id, messageId)?.id ?? null);
      return steps.readBranch(end, maxPageBytes);
    },
    pathEnd: async (id, limit) => messages.some(messages.idsAbove(id, limit), maxPageBytes).rows.toReversed(),
    children: ({ id }, parent) => steps.readBelow(id, parent, maxPageBytes),
    create: (owner, chat, added, now) =>
      writer.write(() =>
        heads.find(owner, chat.chat_id) ? undefined : add(heads.insert(owner, chat, now), null, added, now),
      ),
    append: (owner, chatId, parent, added, now) =>
      writer.write(() => {
        const chat = heads.find(owner, chatId) ?? heads.insert(owner, { chat_id: chatId }, now);
        return add(chat, parent === undefined ? chat.current : parent, added, now);
      }),
    bring: (owner, chat, brought, now) => writer.write(() => bring(owner, chat, brought, now)),
    finish: (runId, result) =>
      writer.write(() => {
        for (const chat of messages.finish(runId, result)) heads.touch(chat, result.updated_at);
      }),
    listRunning: async () => messages.listRunning(),
    setTitle: (owner, chatId, title, by) =>
      writer.write(() => {
        const chat = heads.find(owner, chatId);
        if (!chat || rank(chat.title_by) > rank(by)) return false;
        heads.setTitle(chat.id, title, by);
        return true;
      }),
    change: ({ id }, { title, pinned, archived, current }) =>
      writer.write(() => {
        const chat = heads.get(id);
        if (!chat) return undefined;
        if (title !== undefined) heads.setTitle(id, title, title === null ? null : "user");
        heads.setFlags(id, pinned ?? chat.pinned === 1, archived ?? chat.archived === 1);
        if (current !== undefined && messages.get(current)?.chat === id) heads.show(id, current);
        return heads.get(id);
      }),
    async remove(owner, chatId) {
      const chat = await writer.write(() => {
        const found = heads.find(owner, chatId);
        if (found) heads.remove(found.id);
        return found;
      });
      if (chat) void steps.removeRemains(chat.id).catch(() => {});
      return chat !== undefined;
    },
    removeMessage: ({ id: chat }, id) => steps.removeMessage(chat, id),
    async resume() {
      for (const chat of heads.listRemains()) await steps.removeRemains(chat);
    },
    [Symbol.asyncDispose]: index[Symbol.asyncDispose],
  };

  function add(chat: ChatRow, parent: number | null, added: readonly NewChatMessage[], now: number): Appended {
    let above = parent === null ? undefined : messages.get(parent);
    if (parent !== null && above?.chat !== chat.id)
      throw new ApiError("not_found", "the message that this was to be put under is not in the chat any more");
    const rows: ChatMessageRow[] = [];
    for (const message of added) {
      if (message.message_id !== undefined && messages.find(chat.id, message.message_id))
        throw new ApiError("id_in_use", "a message of this chat has that message_id already");
      above = messages.insert(heads.takeId(chat.owner), chat.id, above, message, now);
      rows.push(above);
    }
    if (!above || rows.length === 0) return { chat, messages: rows };
    heads.touch(chat.id, above.updated_at);
    heads.show(chat.id, above.id);
    return { chat: heads.get(chat.id) ?? chat, messages: rows };
  }

  function bring(owner: string, brought: NewChat, some: readonly BroughtMessage[], now: number): Brought {
    const found = heads.find(owner, brought.chat_id);
    const chat = found ?? heads.insert(owner, brought, now);
    let added = 0;
    let differing = 0;
    for (const message of some) {
      const there = messages.find(chat.id, message.message_id);
      if (there) differing += isSame(there, message) ? 0 : 1;
      else {
        const parent = message.parent_id === null ? undefined : messages.find(chat.id, message.parent_id);
        messages.insert(heads.takeId(owner), chat.id, parent, message, now);
        added++;
      }
    }
    if (added > 0) {
      heads.touch(chat.id, brought.updated_at ?? now);
    }
    return { chat, isNew: !found, added, differing };
  }
}

function rank(by: TitleBy | null): number {
  return by === null ? 0 : { words: 1, model: 2, user: 3 }[by];
}

function isSame(a: NewChatMessage, b: NewChatMessage): boolean {
  return a.role === b.role && a.content === b.content && a.extra === b.extra;
}
