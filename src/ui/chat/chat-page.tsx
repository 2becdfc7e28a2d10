/** A chat, or the beginning of one. */
export function ChatPage({ chatId }: { readonly chatId?: string }) {
  return <main id="main">{chatId ?? "A new chat"}</main>;
}
