import { useCallback, useId } from "react";
import { useRoute } from "wouter";
import { Button } from "../parts/button.tsx";
import { Failure } from "../parts/failure.tsx";
import { More } from "../parts/more.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { chatPattern, toChatId } from "../state/chat-path.ts";
import { ChatRow } from "./chat-row.tsx";
import { useChats } from "../state/chats-query.ts";
import { useIsDeleted } from "./delete-chat.ts";
import { groupChats } from "./group-chats.ts";
import { useRunningChats } from "../state/running-chats.ts";

export interface ChatListProps {
  readonly isArchived: boolean;
  readonly onArchived: (isArchived: boolean) => void;
  readonly onShare: (chatId: string) => void;
}

/** One's stored chats, the newest first, as far down as somebody scrolls. */
export function ChatList({ isArchived, onArchived, onShare }: ChatListProps) {
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useChats(isArchived);
  const running = useRunningChats();
  const [, params] = useRoute(chatPattern);
  const openId = params && toChatId(params.chatId);
  const id = useId();
  const isDeleted = useIsDeleted();
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const chats = (data?.pages ?? []).flatMap((page) => page.chats);
  const groups = groupChats(
    chats.filter(({ chat_id }) => !isDeleted(chat_id)),
    new Date(),
  );

  if (isPending) return <Waiting label="Loading your chats" />;
  if (!data) return <Failure error={error} onRetry={() => void refetch()} />;
  return (
    <>
      {isArchived && <p className="chat-list-note">Archived chats are left alone, and are found by the search.</p>}
      {groups.length === 0 && (
        <p className="chat-list-note">
          {isArchived ? "Nothing is archived." : "No chats yet. What you ask is kept here."}
        </p>
      )}
      {groups.map(({ label, chats }, index) => (
        <section key={label} className="chat-group">
          <p id={`${id}-${index}`}>{label}</p>
          <ul aria-labelledby={`${id}-${index}`}>
            {chats.map((chat) => (
              <ChatRow
                key={chat.chat_id}
                chat={chat}
                isOpen={chat.chat_id === openId}
                isRunning={running.includes(chat.chat_id)}
                onShare={onShare}
              />
            ))}
          </ul>
        </section>
      ))}
      <More hasMore={hasNextPage} isLoading={isFetchingNextPage} onMore={more} />
      <Button look="quiet" className="chat-list-archived" onClick={() => onArchived(!isArchived)}>
        {isArchived ? "Back to your chats" : "Archived chats"}
      </Button>
    </>
  );
}
