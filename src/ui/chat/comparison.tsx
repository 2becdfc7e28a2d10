import type { ChatMessage } from "../../protocol/chats.ts";
import { Button } from "../parts/button.tsx";
import { keep } from "./actions.ts";
import { AnswerView } from "./answer-view.tsx";
import { useChatId } from "./chat-id.ts";

/** Answers to the same question beside each other, until one of them is kept. */
export function Comparison({ messages }: { readonly messages: readonly ChatMessage[] }) {
  const chatId = useChatId();
  return (
    <div className="chat-comparison" role="group" aria-label="Two answers">
      {messages.map((message) => (
        <div key={message.message_id}>
          <AnswerView message={message} place={1} count={1} />
          <Button onClick={() => keep(chatId, message.message_id)}>Keep this one</Button>
        </div>
      ))}
    </div>
  );
}
