export const chatPattern = "/chats/:chatId";

export function chatPath(chatId: string): string {
  return `/chats/${encodeURIComponent(chatId)}`;
}

/** The id in such a path, as it stands there; what was typed by hand may not be encoded. */
export function toChatId(written: string): string {
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}

/** A chat that nobody has called anything yet. */
export function titleOf({ title }: { readonly title: string | null }): string {
  return title?.trim() || "Untitled chat";
}
