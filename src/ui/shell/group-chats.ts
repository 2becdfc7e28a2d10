import type { ChatInfo } from "../../protocol/chats.ts";
import { toMonth } from "../parts/moments.ts";

export interface ChatGroup {
  readonly label: string;
  readonly chats: readonly ChatInfo[];
}

/** Chats as they come, pinned ones first and then the newest, by when something was said last. */
export function groupChats(chats: readonly ChatInfo[], now: Date): readonly ChatGroup[] {
  const groups = new Map<string, ChatInfo[]>();
  for (const chat of chats) {
    const label = chat.pinned ? "Pinned" : toLabel(new Date(chat.updated_at), now);
    const group = groups.get(label);
    if (group) group.push(chat);
    else groups.set(label, [chat]);
  }
  return [...groups].map(([label, chats]) => ({ label, chats }));
}

/** By the days of this device; weeks begin with Monday. */
function toLabel(at: Date, now: Date): string {
  if (at >= daysBefore(now, 0)) return "Today";
  if (at >= daysBefore(now, 1)) return "Yesterday";
  if (at >= daysBefore(now, (now.getDay() + 6) % 7)) return "This week";
  return toMonth(at);
}

function daysBefore(now: Date, days: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - days);
}
