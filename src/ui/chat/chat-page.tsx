import { useMemo } from "react";
import { useLocation } from "wouter";
import { Composer } from "../composer/composer.tsx";
import { moveDraft } from "../composer/drafts.ts";
import { Failure } from "../parts/failure.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { chatPath } from "../state/chat-path.ts";
import { createId } from "../state/ids.ts";
import { stop } from "./actions.ts";
import { ask, stopSending } from "./ask.ts";
import { beginChat, isMissing, useChat } from "./chat-data.ts";
import { ChatHeader } from "./chat-header.tsx";
import { ChatIdContext } from "./chat-id.ts";
import { EmptyChat } from "./empty-chat.tsx";
import { EndNotice } from "./end-notice.tsx";
import { runningOf, useIsRunning } from "./followed.ts";
import { MissingChat } from "./missing-chat.tsx";
import type { Question } from "./questions.ts";
import { enterRoom, useRoom } from "./room.ts";
import { Thread } from "./thread.tsx";
import { useEscape } from "./use-escape.ts";
import { useItems } from "./use-items.ts";

/** What is written before there is a chat. */
const newDraft = "new";

/** A chat, or the beginning of one. */
export function ChatPage({ chatId }: { readonly chatId?: string }) {
  const [, navigate] = useLocation();
  const { data: chat, error, refetch } = useChat(chatId);
  const id = useMemo(() => chatId ?? createId("chat"), [chatId]);
  useRoom(chatId);
  const { items, ends, unsent } = useItems(id, chat);
  const sending = unsent.find(({ failure }) => failure === undefined);
  const isAnswering = useIsRunning(ends) || sending !== undefined;
  useEscape(isAnswering, stopAll);
  const isGone = !chat && error !== null && isMissing(error);
  const isEmpty = items.length === 0 && unsent.length === 0;

  return (
    <ChatIdContext value={id}>
      <main id="main" className="chat" tabIndex={-1}>
        <ChatHeader chat={chat} isThere={!isGone} />
        {isEmpty && chatId !== undefined && !chat && !error && <Waiting />}
        {isEmpty &&
          !chat &&
          error &&
          (isGone ? <MissingChat /> : <Failure error={error} onRetry={() => void refetch()} />)}
        {isEmpty && (chat || chatId === undefined) && <EmptyChat onAsk={onAsk} />}
        {!isEmpty && <Thread key={id} items={items} unsent={unsent} onAsk={onAsk} />}
        <Composer draftKey={chatId ?? newDraft} isAnswering={isAnswering} onSend={onSend} onStop={stopAll} />
        <EndNotice />
      </main>
    </ChatIdContext>
  );

  function onAsk(text: string): void {
    onSend({ content: text });
  }

  function onSend({ content }: Pick<Question, "content">): void {
    if (chatId === undefined) {
      beginChat(id);
      moveDraft(newDraft, id);
      navigate(chatPath(id));
    }
    // Entered before it is asked in, so that nothing of it is missed.
    enterRoom(id)();
    ask(id, ends.at(-1)?.message_id ?? null, content);
  }

  function stopAll(): void {
    if (sending) stopSending(sending.id);
    else void stop(runningOf(ends));
  }
}
