import { useSharedChat } from "./use-shared-chat.ts";
import { MessageView } from "./message-view.tsx";

/** A shared chat, and what is written into it while somebody reads. */
export function SharePage() {
  const { chat, state } = useSharedChat();
  const title = chat?.title || "Shared chat";
  return (
    <div className="share">
      <title>{title}</title>
      <header>
        <h1 id="title" dir="auto">
          {title}
        </h1>
      </header>
      <p id="state" role="status">
        {state}
      </p>
      <main id="chat" aria-live="polite" aria-label="Conversation">
        {chat !== undefined && chat.left > 0 && (
          <p className="share-note">{`${chat.left} earlier messages are left out.`}</p>
        )}
        {chat?.messages.map((message, index) => (
          // A message may be written on, and stays the same.
          // oxlint-disable-next-line react/no-array-index-key
          <MessageView key={index} {...message} />
        ))}
      </main>
    </div>
  );
}
