import type { Database } from "bun:sqlite";
import type { ChatChanges } from "./chat-changes.ts";
import { idSpan } from "./chat-words.ts";
import type { ChatPlace, ChatRow, NewChat, TitleBy } from "./chats.ts";

/** The table of chats, without their messages; what writes is for within a write. */
export interface ChatHeads {
  find(owner: string, chatId: string): ChatRow | undefined;
  get(id: number): ChatRow | undefined;
  list(owner: string, archived: boolean, limit: number, after: ChatPlace | undefined): ChatRow[];
  listAll(owner: string, after: number, limit: number): ChatRow[];
  /** An id for a chat or a message of an owner's: higher than all before. */
  takeId(owner: string): number;
  insert(owner: string, chat: NewChat, now: number): ChatRow;
  /** Something was said in it. */
  touch(id: number, at: number): void;
  /** The branch that ends with a message. */
  show(id: number, message: number | null): void;
  setTitle(id: number, title: string | null, by: TitleBy | null): void;
  setFlags(id: number, isPinned: boolean, isArchived: boolean): void;
  /** Its messages remain until they are removed and it is forgotten. */
  remove(id: number): void;
  listRemains(): number[];
  forget(id: number): void;
}

const columns = `id, owner, chat_id, title, title_by, pinned, archived, created_at, updated_at, current,
  (SELECT message_id FROM chat_messages WHERE chat_messages.id = current) AS current_id,
  iif(json_valid(metadata), metadata, '{}') AS metadata`;
const first: ChatPlace = { pinned: 1, updated_at: Infinity, id: 0 };

export function openChatHeads(database: Database, changes: ChatChanges): ChatHeads {
  const takeId = database.query<{ id: number }, [string, number]>(
    `INSERT INTO chat_owners (owner, last_id) VALUES (?1, 1)
     ON CONFLICT (owner) DO UPDATE SET last_id = last_id + 1 RETURNING number * ?2 + last_id AS id`,
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
  const show = database.query("UPDATE chats SET current = ?2 WHERE id = ?1");
  const setTitle = database.query("UPDATE chats SET title = ?2, title_by = ?3 WHERE id = ?1");
  const setFlags = database.query("UPDATE chats SET pinned = ?2, archived = ?3 WHERE id = ?1");
  const remove = database.query("DELETE FROM chats WHERE id = ?");
  const leave = database.query("INSERT INTO chat_remains VALUES (?)");
  const remains = database.query<{ chat: number }, []>("SELECT chat FROM chat_remains");
  const forget = database.query("DELETE FROM chat_remains WHERE chat = ?");

  return {
    find: (owner, chatId) => find.get(owner, chatId) ?? undefined,
    get: (id) => get.get(id) ?? undefined,
    list: (owner, archived, limit, { pinned, updated_at, id } = first) =>
      list.all(owner, Number(archived), pinned, updated_at, id, limit),
    listAll: (owner, after, limit) => listAll.all(owner, after, idSpan, limit),
    takeId: take,
    insert(owner, chat, now) {
      const row: ChatRow = {
        id: take(owner),
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
      if (row.title !== null) changes.add(row.id, "title");
      return row;
    },
    touch: (id, at) => void touch.run(id, at),
    show: (id, message) => void show.run(id, message),
    setTitle(id, title, by) {
      setTitle.run(id, title, by);
      changes.add(id, "title");
    },
    setFlags: (id, isPinned, isArchived) => void setFlags.run(id, Number(isPinned), Number(isArchived)),
    remove(id) {
      remove.run(id);
      changes.add(id, "title");
      leave.run(id);
    },
    listRemains: () => remains.all().map(({ chat }) => chat),
    forget: (id) => void forget.run(id),
  };

  function take(owner: string): number {
    const taken = takeId.get(owner, idSpan);
    if (!taken) throw new Error("an owner got no id");
    return taken.id;
  }
}
