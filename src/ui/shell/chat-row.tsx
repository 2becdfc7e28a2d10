import { memo, useRef, useState } from "react";
import { shallow } from "zustand/shallow";
import { navigate } from "wouter/use-hash-location";
import type { ChatInfo } from "../../protocol/chats.ts";
import { type ChatChange, changeChat, tellArchived } from "./chat-changes.ts";
import { ChatMenu } from "./chat-menu.tsx";
import { chatPath, titleOf } from "../state/chat-path.ts";
import { deleteChat } from "./delete-chat.ts";
import { RenameChat } from "./rename-chat.tsx";
import { neighbourOf, restoreFocus } from "./row-focus.ts";

export interface ChatRowProps {
  readonly chat: ChatInfo;
  /** The one that is looked at. */
  readonly isOpen: boolean;
  readonly isRunning: boolean;
  readonly onShare: (chatId: string) => void;
}

/** A stored chat in the sidebar. There may be thousands: it is rendered anew only where it is another, so it listens to nothing. */
export const ChatRow = memo(function ChatRow({ chat, isOpen, isRunning, onShare }: ChatRowProps) {
  const [isRenaming, setIsRenaming] = useState(false);
  const row = useRef<HTMLLIElement>(null);
  const { chat_id: chatId } = chat;
  const title = titleOf(chat);
  const path = chatPath(chatId);

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
      <a href={`#${path}`} data-chat={chatId} aria-current={isOpen ? "page" : undefined} title={title}>
        <span className="chat-row-title" dir="auto">
          {title}
        </span>
        {isRunning && (
          <span className="chat-row-running">
            <span className="visually-hidden">, answering</span>
          </span>
        )}
      </a>
      <ChatMenu
        chat={chat}
        onChange={(wanted) => void change(wanted)}
        onRename={() => setIsRenaming(true)}
        onShare={() => onShare(chatId)}
        onDelete={remove}
      />
    </li>
  );
}, isSame);

/** Lists that are read anew have other objects, of the same chats. */
function isSame({ chat, ...before }: ChatRowProps, { chat: chatNow, ...now }: ChatRowProps): boolean {
  return shallow(chat, chatNow) && shallow(before, now);
}
