export interface FoundText {
  readonly chat_id: string;
  readonly message_id: string | null;
}

/** Each chat once, where it was found first, and with what was said rather than with its title where both were found. */
export function toFoundChats<T extends FoundText>(hits: readonly T[]): readonly T[] {
  const chats = new Map<string, T>();
  for (const hit of hits) {
    const there = chats.get(hit.chat_id);
    if (!there || (there.message_id === null && hit.message_id !== null)) chats.set(hit.chat_id, hit);
  }
  return [...chats.values()];
}
