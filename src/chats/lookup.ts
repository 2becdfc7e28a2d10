import { assertChatId } from "../protocol/chats.ts";
import { ApiError } from "../protocol/errors.ts";
import { assertId } from "../protocol/ids.ts";
import type { ChatMessageRow } from "../store/chat-messages.ts";
import type { ChatRow, ChatTable } from "../store/chats.ts";

/** @throws {ApiError} `not_found`, also for a chat of somebody else's */
export async function getChat(chats: ChatTable, owner: string, chatId: string): Promise<ChatRow> {
  assertChatId(chatId);
  const chat = await chats.find(owner, chatId);
  if (!chat) throw noChat();
  return chat;
}

/** `field` is what the caller named it in. @throws {ApiError} `not_found` */
export async function getMessage(
  chats: ChatTable,
  chat: ChatRow,
  messageId: string,
  field = "message_id",
): Promise<ChatMessageRow> {
  assertId(field, messageId);
  const message = await chats.findMessage(chat, messageId);
  if (!message) throw new ApiError("not_found", `${field}: the chat has no such message`);
  return message;
}

export function noChat(): ApiError {
  return new ApiError("not_found", "you have no chat of that id");
}
