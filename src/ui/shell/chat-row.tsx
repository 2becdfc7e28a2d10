import { useRef, useState } from "react";
import { Link, useLocation, useRoute } from "wouter";
import type { ChatInfo } from "../../protocol/chats.ts";
import { changeChat } from "./chat-changes.ts";
import { ChatMenu } from "./chat-menu.tsx";
import { chatPath, titleOf } from "./chat-path.ts";
import { deleteChat } from "./deleted-chats.ts";
import { RenameChat } from "./rename-chat.tsx";

export interface ChatRowProps {
  readonly chat: ChatInfo;
  readonly isRunning: boolean;
  readonly onShare: (chatId: string) => void;
}

/** A stored chat in the sidebar. */
export function ChatRow({ chat, isRunning, onShare }: ChatRowProps) {
  const [isRenaming, setIsRenaming] = useState(false);
  const [, navigate] = useLocation();
  const [, params] = useRoute("/chats/:chatId");
  const row = useRef<HTMLLIElement>(null);
  const { chat_id: chatId } = chat;
  const title = titleOf(chat);
  const path = chatPath(chatId);
  const isOpen = params?.chatId === chatId;

  function renamed(wanted: string | undefined): void {
    setIsRenaming(false);
    setTimeout(() => row.current?.querySelector("a")?.focus(), 0);
    if (wanted !== undefined) void changeChat(chatId, { title: wanted });
  }

  function remove(): void {
    const next = neighbourOf(row.current);
    deleteChat({ chatId, title, onUndo: () => isOpen && navigate(path) });
    if (isOpen) navigate("/");
    else setTimeout(() => next?.focus(), 0);
  }

  if (isRenaming)
    return (
      <li className="chat-row" ref={row}>
        <RenameChat title={chat.title ?? ""} onDone={renamed} />
      </li>
    );
  return (
    <li className="chat-row" ref={row} data-open={isOpen || undefined}>
      <Link href={path} aria-current={isOpen ? "page" : undefined} title={title}>
        <span className="chat-row-title" dir="auto">
          {title}
        </span>
        {isRunning && (
          <span className="chat-row-running">
            <span className="visually-hidden">, answering</span>
          </span>
        )}
      </Link>
      <ChatMenu chat={chat} onRename={() => setIsRenaming(true)} onShare={() => onShare(chatId)} onDelete={remove} />
    </li>
  );
}

/** Where the focus goes once a row is gone: the next one, the one before, or the beginning of a chat. */
function neighbourOf(row: HTMLLIElement | null): HTMLElement | null {
  const rows = [...(row?.closest("nav")?.querySelectorAll<HTMLElement>(".chat-row > a") ?? [])];
  const at = rows.findIndex((link) => link.parentElement === row);
  return rows[at + 1] ?? rows[at - 1] ?? document.querySelector<HTMLElement>(".new-chat");
}
