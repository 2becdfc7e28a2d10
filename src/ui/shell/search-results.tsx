import { Link } from "wouter";
import { Failure } from "../parts/failure.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { chatPath, titleOf } from "../state/chat-path.ts";
import { useChatSearch } from "../state/chats-query.ts";
import { useIsDeleted } from "./delete-chat.ts";
import { Snippet } from "./snippet.tsx";
import { toFoundChats } from "./found-chats.ts";

/** The chats in which all these words are, with what was said there. */
export function SearchResults({ words }: { readonly words: string }) {
  const { data, error, isPending, refetch } = useChatSearch(words);
  const isDeleted = useIsDeleted();
  if (isPending) return <Waiting label="Searching" />;
  if (!data) return <Failure error={error} onRetry={() => void refetch()} />;
  const found = toFoundChats(data).filter(({ chat_id }) => !isDeleted(chat_id));
  return (
    <>
      <p className="chat-list-note" role="status">
        {found.length === 0
          ? "No chat has all of these words."
          : `${found.length} ${found.length === 1 ? "chat" : "chats"} found`}
      </p>
      <ul aria-label="Chats that were found">
        {found.map((chat) => (
          <li key={chat.chat_id} className="chat-row found">
            <Link href={chatPath(chat.chat_id)}>
              <span className="chat-row-title" dir="auto">
                {titleOf(chat)}
                {chat.archived && <span className="found-archived"> · archived</span>}
              </span>
              <span className="chat-row-snippet" dir="auto">
                <Snippet html={chat.snippet} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
