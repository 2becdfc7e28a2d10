import { useRef, useState } from "react";
import { Link, useLocation, useRoute } from "wouter";
import type { ChatInfo } from "../../protocol/chats.ts";
import { type ChatChange, changeChat, tellArchived } from "./chat-changes.ts";
import { ChatMenu } from "./chat-menu.tsx";
import { chatPath, chatPattern, titleOf, toChatId } from "./chat-path.ts";
import { deleteChat } from "./delete-chat.ts";
import { RenameChat } from "./rename-chat.tsx";
import { neighbourOf, restoreFocus } from "./row-focus.ts";

export interface ChatRowProps {
  readonly chat: ChatInfo;
  readonly isRunning: boolean;
  readonly onShare: (chatId: string) => void;
}

/** A stored chat in the sidebar. */
export function ChatRow({ chat, isRunning, onShare }: ChatRowProps) {
  const [isRenaming, setIsRenaming] = useState(false);
  const [, navigate] = useLocation();
  const [, params] = useRoute(chatPattern);
  const row = useRef<HTMLLIElement>(null);
  const { chat_id: chatId } = chat;
  const title = titleOf(chat);
  const path = chatPath(chatId);
  const isOpen = params !== null && toChatId(params.chatId) === chatId;

  function renamed(wanted: string | undefined): void {
    setIsRenaming(false);
    setTimeout(() => row.current?.querySelector("a")?.focus(), 0);
    if (wanted !== undefined) void changeChat(chatId, { title: wanted });
  }

  async function change(wanted: ChatChange): Promise<void> {
    const next = neighbourOf(row.current);
    await changeChat(chatId, wanted);
    if (wanted.archived) tellArchived(chatId, title);
    restoreFocus(chatId, next);
  }

  function remove(): void {
    const next = neighbourOf(row.current);
    deleteChat({ chatId, title, onUndo: () => isOpen && navigate(path) });
    if (isOpen) navigate("/");
    else restoreFocus(chatId, next);
  }

  if (isRenaming)
    return (
      <li className="chat-row" ref={row}>
        <RenameChat title={chat.title ?? ""} onDone={renamed} />
      </li>
    );
  return (
    <li className="chat-row" ref={row} data-open={isOpen || undefined}>
      <Link href={path} data-chat={chatId} aria-current={isOpen ? "page" : undefined} title={title}>
        <span className="chat-row-title" dir="auto">
          {title}
        </span>
        {isRunning && (
          <span className="chat-row-running">
            <span className="visually-hidden">, answering</span>
          </span>
        )}
      </Link>
      <ChatMenu
        chat={chat}
        onChange={(wanted) => void change(wanted)}
        onRename={() => setIsRenaming(true)}
        onShare={() => onShare(chatId)}
        onDelete={remove}
      />
    </li>
  );
}
