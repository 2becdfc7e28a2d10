import type { Database } from "bun:sqlite";
import { setImmediate as turn } from "node:timers/promises";
import { ApiError } from "../protocol/errors.ts";
import {
  type ChatMessageResult,
  type ChatMessageRow,
  type NewChatMessage,
  openChatMessages,
  type RunningMessageRow,
} from "./chat-messages.ts";
import type { ChatQuery, ChatsFound } from "./chat-search.ts";
import { idSpan, openChatWords } from "./chat-words.ts";
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

export interface ChatTable {
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
  /** The answers to a message, or the first messages for null; oldest first. */
  children(chat: ChatRow, parent: number | null): Promise<ChatMessageRow[]>;
  /** Gives `undefined` where the id is taken. */
  create(owner: string, chat: NewChat, messages: readonly NewChatMessage[], now: number): Promise<Appended | undefined>;
  /**
   * Puts messages one under the other below `parent`, all or none, in a chat that is made if it is missing; the last of
   * them is then its current one.
   *
   * @throws {ApiError} `not_found` where the parent is not in the chat, `id_in_use` where a message's id is
   */
  append(
    owner: string,
    chatId: string,
    parent: number | null,
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
  /** Goes on with what a killed server left undone: the removing of messages, and the indexing of words. */
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

const columns = `id, owner, chat_id, title, title_by, pinned, archived, created_at, updated_at, current,
  (SELECT message_id FROM chat_messages WHERE chat_messages.id = current) AS current_id,
  iif(json_valid(metadata), metadata, '{}') AS metadata`;
/** How many messages are read, or removed, until others get their turn. */
const step = 200;
/** A page of messages ends once it is so long. */
const maxPageBytes = 1024 * 1024;

export function openChatTable(database: Database, writer: Writer, reader: Reader): ChatTable {
  const messages = openChatMessages(database);
  const words = openChatWords(database, "chat_title_words");
  const takeIds = database.query<{ last: number }, [string, number, number]>(
    `INSERT INTO chat_owners (owner, last_id) VALUES (?1, ?2)
     ON CONFLICT (owner) DO UPDATE SET last_id = last_id + ?2 RETURNING number * ?3 + last_id AS last`,
  );
  const find = database.query<ChatRow, [string, string]>(
    `SELECT ${columns} FROM chats WHERE owner = ? AND chat_id = ?`,
  );
  const get = database.query<ChatRow, [number]>(`SELECT ${columns} FROM chats WHERE id = ?`);
  const list = database.query<ChatRow, [string, number, number, number, number, number]>(
    `SELECT ${columns} FROM chats WHERE owner = ? AND archived = ? AND (pinned, updated_at, id) < (?, ?, ?)
     ORDER BY pinned DESC, updated_at DESC, id DESC LIMIT ?`,
  );
  const listAll = database.query<ChatRow, [string, number, number, number]>(
    `SELECT ${columns} FROM chats JOIN (SELECT number * ?3 AS base FROM chat_owners WHERE owner = ?1)
     WHERE id > max(?2, base) AND id < base + ?3 ORDER BY id LIMIT ?4`,
  );
  const insert = database.query(
    `INSERT INTO chats VALUES ($id, $owner, $chat_id, $title, $title_by, $pinned, $archived, $created_at, $updated_at,
       $current, $metadata)`,
  );
  const touch = database.query("UPDATE chats SET updated_at = max(updated_at, ?2) WHERE id = ?1");
  const moveTo = database.query("UPDATE chats SET current = ?2 WHERE id = ?1");
  const setTitle = database.query("UPDATE chats SET title = ?2, title_by = ?3 WHERE id = ?1");
  const setFlags = database.query("UPDATE chats SET pinned = ?2, archived = ?3 WHERE id = ?1");
  const remove = database.query("DELETE FROM chats WHERE id = ?");
  const leave = database.query("INSERT INTO chat_remains VALUES (?)");
  const remains = database.query<{ chat: number }, []>("SELECT chat FROM chat_remains");
  const forget = database.query("DELETE FROM chat_remains WHERE chat = ?");

  return {
    find: async (owner, chatId) => find.get(owner, chatId) ?? undefined,
    list: async (owner, archived, limit, { pinned, updated_at, id } = { pinned: 1, updated_at: Infinity, id: 0 }) =>
      list.all(owner, Number(archived), pinned, updated_at, id, limit),
    listAll: async (owner, after, limit) => listAll.all(owner, after, idSpan, limit),
    search: (query) => reader.read("chats", query),
    findMessage: async ({ id }, messageId) => messages.find(id, messageId),
    messages: async ({ id }, after, limit) => messages.page(id, after, limit, maxPageBytes),
    async path(chat, messageId) {
      const rows: ChatMessageRow[] = [];
      for await (const some of readBranch(chat, messageId)) rows.push(...some);
      return rows;
    },
    branch: readBranch,
    pathEnd: async (id, limit) => messages.some(messages.idsAbove(id, limit), maxPageBytes).rows.toReversed(),
    children: async ({ id }, parent) => messages.children(id, parent),
    create: (owner, chat, added, now) =>
      writer.write(() => (find.get(owner, chat.chat_id) ? undefined : add(make(owner, chat, now), null, added, now))),
    append: (owner, chatId, parent, added, now) =>
      writer.write(() => add(find.get(owner, chatId) ?? make(owner, { chat_id: chatId }, now), parent, added, now)),
    bring: (owner, chat, brought, now) => writer.write(() => bring(owner, chat, brought, now)),
    finish: (runId, result) =>
      writer.write(() => {
        for (const chat of messages.finish(runId, result)) touch.run(chat, result.updated_at);
      }),
    listRunning: async () => messages.listRunning(),
    setTitle: (owner, chatId, title, by) =>
      writer.write(() => {
        const chat = find.get(owner, chatId);
        if (!chat || rank(chat.title_by) > rank(by)) return false;
        retitle(chat.id, title, by);
        return true;
      }),
    change: ({ id }, { title, pinned, archived, current }) =>
      writer.write(() => {
        const chat = get.get(id);
        if (!chat) return undefined;
        if (title !== undefined) retitle(id, title, title === null ? null : "user");
        setFlags.run(id, Number(pinned ?? chat.pinned), Number(archived ?? chat.archived));
        if (current !== undefined && messages.get(current)?.chat === id) moveTo.run(id, current);
        return get.get(id) ?? undefined;
      }),
    async remove(owner, chatId) {
      const chat = await writer.write(() => {
        const found = find.get(owner, chatId);
        if (!found) return undefined;
        remove.run(found.id);
        words.remove(found.id);
        leave.run(found.id);
        return found;
      });
      if (chat) void removeRemain(chat.id).catch(() => {});
      return chat !== undefined;
    },
    async removeMessage(chat, id) {
      // Who answers one of them meanwhile has that answer removed in another round.
      while (messages.get(id)) {
        const below = await reader.read("messagesBelow", { chat: chat.id, id });
        for (let from = 0; from < below.length; from += step) {
          const some = below.slice(from, from + step);
          await writer.write(() => removeEach(chat.id, some));
        }
      }
    },
    async resume() {
      for (const { chat } of remains.all()) await removeRemain(chat);
      await indexRest();
    },
  };

  async function* readBranch(chat: ChatRow, messageId?: string): AsyncGenerator<readonly ChatMessageRow[]> {
    let next = messageId === undefined ? chat.current : (messages.find(chat.id, messageId)?.id ?? null);
    const ids: number[] = [];
    while (next !== null) {
      const above = messages.idsAbove(next, step + 1);
      ids.push(...above.slice(0, step));
      next = above[step] ?? null;
      await turn();
    }
    while (ids.length > 0) {
      const piece = messages.some(ids.slice(-step).toReversed(), maxPageBytes);
      // What was removed meanwhile is passed over.
      ids.length -= piece.read;
      yield piece.rows;
      await turn();
    }
  }

  function make(owner: string, chat: NewChat, now: number): ChatRow {
    const row: ChatRow = {
      id: takeId(owner),
      owner,
      chat_id: chat.chat_id,
      title: chat.title ?? null,
      title_by: chat.title_by ?? null,
      pinned: chat.pinned ?? 0,
      archived: chat.archived ?? 0,
      created_at: chat.created_at ?? now,
      updated_at: chat.updated_at ?? now,
      current: null,
      current_id: null,
      metadata: chat.metadata ?? "{}",
    };
    const { current_id: _, ...stored } = row;
    insert.run(stored);
    if (row.title !== null) words.insert(row.id, row.title);
    return row;
  }

  function add(chat: ChatRow, parent: number | null, added: readonly NewChatMessage[], now: number): Appended {
    let above = parent === null ? undefined : messages.get(parent);
    if (parent !== null && above?.chat !== chat.id)
      throw new ApiError("not_found", "the message that this was to be put under is not in the chat any more");
    const rows: ChatMessageRow[] = [];
    for (const message of added) {
      if (message.message_id !== undefined && messages.find(chat.id, message.message_id))
        throw new ApiError("id_in_use", "a message of this chat has that message_id already");
      const row = messages.insert(takeId(chat.owner), chat.id, above, message, now);
      rows.push(row);
      above = row;
    }
    // Of many words, the rest is indexed by other writes.
    if (messages.index()) void indexRest().catch(() => {});
    const last = rows.at(-1);
    if (last) {
      touch.run(chat.id, last.updated_at);
      moveTo.run(chat.id, last.id);
    }
    return { chat: get.get(chat.id) ?? chat, messages: rows };
  }

  function bring(owner: string, brought: NewChat, some: readonly BroughtMessage[], now: number): Brought {
    const found = find.get(owner, brought.chat_id);
    const chat = found ?? make(owner, brought, now);
    let added = 0;
    let differing = 0;
    for (const message of some) {
      const there = messages.find(chat.id, message.message_id);
      if (there) {
        const isSame =
          there.role === message.role && there.content === message.content && there.extra === message.extra;
        differing += isSame ? 0 : 1;
        continue;
      }
      const parent = message.parent_id === null ? undefined : messages.find(chat.id, message.parent_id);
      messages.insert(takeId(owner), chat.id, parent, message, now);
      added++;
    }
    if (added > 0 && messages.index()) void indexRest().catch(() => {});
    if (added > 0 && brought.updated_at !== undefined) touch.run(chat.id, brought.updated_at);
    return { chat, isNew: !found, added, differing };
  }

  function takeId(owner: string): number {
    const taken = takeIds.get(owner, 1, idSpan);
    if (!taken) throw new Error("an owner got no id");
    return taken.last;
  }

  function retitle(id: number, title: string | null, by: TitleBy | null): void {
    setTitle.run(id, title, by);
    words.remove(id);
    if (title !== null) words.insert(id, title);
  }

  function removeEach(chat: number, ids: readonly number[]): void {
    for (const id of ids) {
      const message = messages.get(id);
      if (!message || !messages.removeLeaf(chat, id)) continue;
      if (get.get(chat)?.current !== id) continue;
      moveTo.run(chat, message.parent ?? messages.children(chat, null).at(-1)?.id ?? null);
    }
  }

  async function indexRest(): Promise<void> {
    while (await writer.write(messages.index));
  }

  async function removeRemain(chat: number): Promise<void> {
    while ((await writer.write(() => messages.removeSome(chat, step))) > 0);
    await writer.write(() => forget.run(chat));
  }
}

function rank(by: TitleBy | null): number {
  return by === null ? 0 : { words: 1, model: 2, user: 3 }[by];
}
