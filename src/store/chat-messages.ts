import type { Database } from "bun:sqlite";
import { createId } from "../lib/ids.ts";
import { arrayAt, textAt, tryParseJson } from "../lib/json.ts";
import type { AskedMessage } from "../protocol/chat.ts";
import type { ChatChanges } from "./chat-changes.ts";

export type MessageState = "running" | "done" | "interrupted" | "cancelled" | "failed";

export interface ChatMessageRow {
  /** Higher than its parent's, and never used twice. */
  readonly id: number;
  readonly chat: number;
  /** Unique in its chat. */
  readonly message_id: string;
  /** null for the first of a branch. */
  readonly parent: number | null;
  /** Its `message_id`. */
  readonly parent_id: string | null;
  readonly role: AskedMessage["role"];
  /** JSON, exactly as it was sent: a string, null or parts. */
  readonly content: string;
  /** JSON: an object of whatever else the message has, as `name`, `tool_calls` and `tool_call_id`. */
  readonly extra: string;
  readonly run_id: string | null;
  readonly state: MessageState;
  readonly provider: string | null;
  readonly model: string | null;
  /** JSON: the usage of its run. */
  readonly usage: string | null;
  /** Milliseconds since 1970. */
  readonly created_at: number;
  readonly updated_at: number;
}

/** A message as it comes: what is not said of it is that it is done, and of nobody's run. */
export interface NewChatMessage
  extends
    Pick<ChatMessageRow, "role" | "content" | "extra">,
    Partial<
      Pick<
        ChatMessageRow,
        "message_id" | "run_id" | "state" | "provider" | "model" | "usage" | "created_at" | "updated_at"
      >
    > {}

/** What came of a message that was being produced. */
export type ChatMessageResult = Pick<
  ChatMessageRow,
  "content" | "extra" | "state" | "provider" | "model" | "usage" | "updated_at"
>;

/** Of a running message: whose it is, and in which chat. */
export interface RunningMessageRow extends ChatMessageRow {
  readonly owner: string;
  readonly chat_id: string;
}

/** The table of messages; what writes is for within a write. */
export interface ChatMessages {
  find(chat: number, messageId: string): ChatMessageRow | undefined;
  get(id: number): ChatMessageRow | undefined;
  /** Of the answers to a message, or of the first messages for null, the ids after one of them: at most `limit`. */
  idsBelow(chat: number, parent: number | null, after: number, limit: number): number[];
  /** The youngest of those. */
  lastBelow(chat: number, parent: number | null): number | undefined;
  /** The ids of a message and of those above it, at most `limit`, the lowest first. */
  idsAbove(id: number, limit: number): number[];
  /** Those of the ids, as many as are read until they are `maxBytes` long: one at least. */
  some(ids: readonly number[], maxBytes: number): { readonly rows: ChatMessageRow[]; readonly read: number };
  /** In the order of their ids, at most `limit`, and no more once they are `maxBytes` long. */
  page(chat: number, after: number, limit: number, maxBytes: number): ChatMessageRow[];
  listRunning(): RunningMessageRow[];
  insert(
    id: number,
    chat: number,
    parent: ChatMessageRow | undefined,
    message: NewChatMessage,
    now: number,
  ): ChatMessageRow;
  /** Gives the chats that it was in. */
  finish(runId: string, result: ChatMessageResult): number[];
  /** Whether it is gone: one that has answers stays. */
  removeLeaf(chat: number, id: number): boolean;
  /** Some of a chat that is gone; gives how many. */
  removeSome(chat: number, limit: number): number;
}

// A row that was damaged on disk costs its own words, not the chat's.
const columns = `id, chat, message_id, parent,
  (SELECT above.message_id FROM chat_messages AS above WHERE above.id = chat_messages.parent) AS parent_id,
  role, iif(json_valid(content), content, 'null') AS content,
  iif(json_valid(extra), extra, '{}') AS extra, run_id, state, provider, model,
  iif(json_valid(usage), usage, NULL) AS usage, created_at, updated_at`;

export function openChatMessages(database: Database, changes: ChatChanges): ChatMessages {
  const find = database.query<ChatMessageRow, [number, string]>(
    `SELECT ${columns} FROM chat_messages WHERE chat = ? AND message_id = ?`,
  );
  const get = database.query<ChatMessageRow, [number]>(`SELECT ${columns} FROM chat_messages WHERE id = ?`);
  const idsBelow = database.query<{ id: number }, [number, number | null, number, number]>(
    "SELECT id FROM chat_messages WHERE chat = ? AND parent IS ? AND id > ? ORDER BY id LIMIT ?",
  );
  const lastBelow = database.query<{ id: number }, [number, number | null]>(
    "SELECT id FROM chat_messages WHERE chat = ? AND parent IS ? ORDER BY id DESC LIMIT 1",
  );
  const idsAbove = database.query<{ id: number }, [number, number]>(
    `WITH RECURSIVE branch (id, above) AS (
       SELECT id, parent FROM chat_messages WHERE id = ?
       UNION ALL SELECT chat_messages.id, parent FROM branch CROSS JOIN chat_messages ON chat_messages.id = above LIMIT ?
     ) SELECT id FROM branch ORDER BY id DESC`,
  );
  const page = database.query<{ id: number }, [number, number, number]>(
    `SELECT id FROM chat_messages WHERE chat = ? AND id > ? ORDER BY id LIMIT ?`,
  );
  const running = database.query<RunningMessageRow, []>(
    `SELECT messages.*, owner, chat_id FROM (SELECT ${columns} FROM chat_messages WHERE state = 'running') AS messages
     JOIN chats ON chats.id = chat ORDER BY messages.id`,
  );
  const insert = database.query(
    `INSERT INTO chat_messages VALUES ($id, $chat, $message_id, $parent, $role, $content, $extra, $run_id, $state,
       $provider, $model, $usage, $created_at, $updated_at)`,
  );
  const finish = database.query<{ id: number; chat: number }, [Record<string, string | number | null>]>(
    `UPDATE chat_messages SET content = $content, extra = $extra, state = $state, provider = $provider, model = $model,
       usage = $usage, updated_at = $updated_at
     WHERE run_id = $run_id AND role = 'assistant' RETURNING id, chat`,
  );
  const removeLeaf = database.query<{ id: number }, [number, number]>(
    `DELETE FROM chat_messages WHERE chat = ?1 AND id = ?2
       AND NOT EXISTS (SELECT 1 FROM chat_messages WHERE chat = ?1 AND parent = ?2) RETURNING id`,
  );
  const anyOf = database.query<{ id: number }, [number, number]>("SELECT id FROM chat_messages WHERE chat = ? LIMIT ?");
  const remove = database.query("DELETE FROM chat_messages WHERE id = ?");

  return {
    find: (chat, messageId) => find.get(chat, messageId) ?? undefined,
    get: (id) => get.get(id) ?? undefined,
    idsBelow: (chat, parent, after, limit) => idsBelow.all(chat, parent, after, limit).map((row) => row.id),
    lastBelow: (chat, parent) => lastBelow.get(chat, parent)?.id,
    idsAbove: (id, limit) => idsAbove.all(id, limit).map((row) => row.id),
    some,
    page: (chat, after, limit, maxBytes) =>
      some(
        page.all(chat, after, limit).map(({ id }) => id),
        maxBytes,
      ).rows,
    listRunning: () => running.all(),
    insert(id, chat, parent, message, now) {
      const row: ChatMessageRow = {
        id,
        chat,
        parent: parent?.id ?? null,
        parent_id: parent?.message_id ?? null,
        message_id: message.message_id ?? createId("msg"),
        role: message.role,
        content: message.content,
        extra: message.extra,
        run_id: message.run_id ?? null,
        state: message.state ?? "done",
        provider: message.provider ?? null,
        model: message.model ?? null,
        usage: message.usage ?? null,
        created_at: message.created_at ?? now,
        updated_at: message.updated_at ?? now,
      };
      const { parent_id: _, ...stored } = row;
      insert.run(stored);
      changes.add(id, "message");
      return row;
    },
    finish(runId, result) {
      return finish.all({ ...result, run_id: runId }).map(({ id, chat }) => {
        changes.add(id, "message");
        return chat;
      });
    },
    removeLeaf(chat, id) {
      if (!removeLeaf.get(chat, id)) return false;
      changes.add(id, "message");
      return true;
    },
    removeSome(chat, limit) {
      const gone = anyOf.all(chat, limit);
      for (const { id } of gone) {
        remove.run(id);
        changes.add(id, "message");
      }
      return gone.length;
    },
  };

  function some(ids: readonly number[], maxBytes: number) {
    const rows: ChatMessageRow[] = [];
    let bytes = 0;
    let read = 0;
    while (read < ids.length && bytes < maxBytes) {
      const row = get.get(ids[read++] ?? 0);
      if (!row) continue;
      rows.push(row);
      bytes += row.content.length + row.extra.length;
    }
    return { rows, read };
  }
}

/** What is said in a content, without pictures and the like. */
export function toText(content: string): string {
  const value = tryParseJson(content);
  if (typeof value === "string") return value;
  return arrayAt(value)
    .flatMap((part) => textAt(part, "text") ?? [])
    .join("\n\n");
}

/** A message as it is kept: what is not its role or content goes, as it is, into `extra`. */
export function toNewMessage({ role, content = null, ...extra }: AskedMessage): NewChatMessage {
  return { role, content: JSON.stringify(content), extra: JSON.stringify(extra) };
}
