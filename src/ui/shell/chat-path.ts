export function chatPath(chatId: string): string {
  return `/chats/${encodeURIComponent(chatId)}`;
}

/** A chat that nobody has called anything yet. */
export function titleOf({ title }: { readonly title: string | null }): string {
  return title?.trim() || "Untitled chat";
}
