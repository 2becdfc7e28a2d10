import { useEffect, useRef, useState } from "react";
import { changeChat } from "../shell/chat-changes.ts";
import { RenameChat } from "../shell/rename-chat.tsx";
import type { ChatData } from "./chat-data.ts";
import { ChatMenu } from "./chat-menu.tsx";

/** The title of a stored chat, which can be changed in its place. */
export function ChatTitle({ chat }: { readonly chat: ChatData }) {
  const { chat_id: chatId, title } = chat;
  const [isRenamed, setIsRenamed] = useState(false);
  const wasRenamed = useRef(false);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Back to where it was begun.
    if (wasRenamed.current && !isRenamed) place.current?.querySelector("button")?.focus();
    wasRenamed.current = isRenamed;
  }, [isRenamed]);

  function renamed(wanted: string | undefined): void {
    setIsRenamed(false);
    if (wanted !== undefined) void changeChat(chatId, { title: wanted });
  }

  return (
    <div ref={place} className="chat-title">
      {isRenamed ? (
        <RenameChat title={title ?? ""} onDone={renamed} />
      ) : (
        <h1 dir="auto" title={title ?? undefined}>
          {title ?? "New chat"}
        </h1>
      )}
      <ChatMenu chatId={chatId} onRename={() => setIsRenamed(true)} />
    </div>
  );
}
