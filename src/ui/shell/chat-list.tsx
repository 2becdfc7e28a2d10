import { useMemo } from "react";
import { Button } from "../parts/button.tsx";
import { Failure } from "../parts/failure.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { ChatRow } from "./chat-row.tsx";
import { useChats } from "./chats-query.ts";
import { useDeleted } from "./deleted-chats.ts";
import { groupChats } from "./group-chats.ts";
import { OlderChats } from "./older-chats.tsx";
import { useRunningChats } from "./running-chats.ts";

export interface ChatListProps {
  readonly isArchived: boolean;
  readonly onArchived: (isArchived: boolean) => void;
  readonly onShare: (chatId: string) => void;
}

/** One's stored chats, the newest first, as far down as somebody scrolls. */
export function ChatList({ isArchived, onArchived, onShare }: ChatListProps) {
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useChats(isArchived);
  const running = useRunningChats();
  const deleted = useDeleted(({ ids }) => ids);
  const groups = useMemo(() => {
    const chats = (data?.pages ?? []).flatMap((page) => page.chats);
    return groupChats(
      chats.filter(({ chat_id }) => !deleted.includes(chat_id)),
      new Date(),
    );
  }, [data, deleted]);

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
      {groups.map(({ label, chats }) => (
        <section key={label} className="chat-group">
          <p id={`chats-${label}`}>{label}</p>
          <ul aria-labelledby={`chats-${label}`}>
            {chats.map((chat) => (
              <ChatRow key={chat.chat_id} chat={chat} isRunning={running.includes(chat.chat_id)} onShare={onShare} />
            ))}
          </ul>
        </section>
      ))}
      {hasNextPage && <OlderChats isLoading={isFetchingNextPage} onLoad={() => void fetchNextPage()} />}
      <Button look="quiet" className="chat-list-archived" onClick={() => onArchived(!isArchived)}>
        {isArchived ? "Back to your chats" : "Archived chats"}
      </Button>
    </>
  );
}
