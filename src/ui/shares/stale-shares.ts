import type { ChatInfo } from "../../protocol/chats.ts";
import type { ShareInfo } from "../../protocol/shares.ts";

export interface StaleShare {
  readonly share: ShareInfo;
  readonly chat: ChatInfo;
}

/** The live shares whose chats have more to say by now, or another title, and are not being answered. */
export function findStale(
  shares: readonly ShareInfo[],
  chats: readonly ChatInfo[],
  running: readonly string[],
): readonly StaleShare[] {
  return shares.flatMap((share) => {
    const chat = share.live ? chats.find(({ chat_id }) => chat_id === share.chat_id) : undefined;
    return chat && !running.includes(chat.chat_id) && isBehind(share, chat) ? [{ share, chat }] : [];
  });
}

/** A share's version is at least the moment of its chat's that it shows. */
export function isBehind(share: ShareInfo, chat: ChatInfo): boolean {
  return Date.parse(chat.updated_at) > share.updated || (chat.title ?? "") !== (share.title ?? "");
}
