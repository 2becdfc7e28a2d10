import { toTime } from "../lib/clock.ts";
import type { ChatInfo } from "../protocol/chats.ts";
import type { ChatMessageRow } from "../store/chat-messages.ts";
import type { ChatRow } from "../store/chats.ts";

/**
 * Chats as JSON, for answers and exports alike. What is stored as JSON goes in as it stands: nothing is read and written
 * again, so that numbers and keys come out as they came in.
 */

/** The members of a chat's object, without its braces: others may follow. */
export function toChatMembers(chat: ChatRow): string {
  return `${JSON.stringify(toChatInfo(chat)).slice(1, -1)},"metadata":${chat.metadata}`;
}

export function toMessageJson(row: ChatMessageRow): string {
  const { message_id, parent_id, run_id, state, provider, model } = row;
  const head = JSON.stringify({ message_id, parent_id }).slice(1, -1);
  const origin = JSON.stringify({ run_id, state, provider, model }).slice(1, -1);
  const times = JSON.stringify({ created_at: toTime(row.created_at), updated_at: toTime(row.updated_at) });
  return `{${head},"message":${toMessage(row)},${origin},"usage":${row.usage ?? "null"},${times.slice(1)}`;
}

export function toChatInfo({ pinned, archived, created_at, updated_at, ...chat }: ChatRow): ChatInfo {
  const { chat_id, title, title_by, current_id } = chat;
  return {
    chat_id,
    title,
    title_by,
    pinned: pinned === 1,
    archived: archived === 1,
    created_at: toTime(created_at),
    updated_at: toTime(updated_at),
    current_id,
  };
}

/** As it was said. */
function toMessage({ role, content, extra }: ChatMessageRow): string {
  const others = extra.slice(1);
  return `{"role":${JSON.stringify(role)},"content":${content}${others === "}" ? "" : ","}${others}`;
}
