import { getChat } from "../../chats/lookup.ts";
import { localCaller } from "../../protocol/caller.ts";
import { toMessage, toState } from "../../runs/chats/place.ts";
import type { ChatRow, ChatTable } from "../../store/chats.ts";
import type { Said } from "./conversation.ts";

const { owner } = localCaller;
/** What is pinned comes first: as many as one has by hand. */
const page = 200;

/** The newest, whether pinned or not. */
export async function listNewest(chats: ChatTable, limit: number): Promise<ChatRow[]> {
  const rows = await chats.list(owner, false, page + limit);
  return rows.toSorted((a, b) => b.updated_at - a.updated_at).slice(0, limit);
}

/** What was said in a chat, on the branch that is shown. @throws {ApiError} `not_found` */
export async function readSaid(chats: ChatTable, chatId: string): Promise<Said[]> {
  const chat = await getChat(chats, owner, chatId);
  const rows = await chats.path(chat);
  // An answer that never began is none.
  const told = rows.filter(({ role, content }) => role !== "assistant" || content !== '""');
  return told.map((row) => ({ message: toMessage(row), model: row.model, at: row.created_at, state: toState(row) }));
}

/** The same of a chat that may be still to come. */
export async function readSaidSoFar(chats: ChatTable, chatId: string): Promise<Said[]> {
  return (await chats.find(owner, chatId)) ? readSaid(chats, chatId) : [];
}

export async function readTitle(chats: ChatTable, chatId: string): Promise<string | null> {
  return (await chats.find(owner, chatId))?.title ?? null;
}
