import { client } from "./client.ts";

/** Ids that were brought by an import may hold anything. */
export function chatRoute(chatId: string) {
  return client.api.chats({ chat_id: encodeURIComponent(chatId) });
}
