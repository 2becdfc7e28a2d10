import { type KeyboardEvent, useState } from "react";
import type { AskedMessage } from "../../protocol/chat.ts";
import type { ChatMessage } from "../../protocol/chats.ts";
import { Button } from "../parts/button.tsx";
import { ask } from "./ask.ts";
import { useChatId } from "./chat-id.ts";
import { textOf } from "./from-message.ts";

/** Another wording of a question, which is asked beside it. */
export function QuestionEdit({ message, onDone }: { readonly message: ChatMessage; readonly onDone: () => void }) {
  const chatId = useChatId();
  const { content } = message.message;
  const [text, setText] = useState(textOf(content));
  return (
    <form className="chat-message chat-question-edit" onSubmit={onSubmit}>
      <textarea
        aria-label="Your question"
        rows={Math.min(12, text.split("\n").length + 1)}
        value={text}
        autoFocus
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="chat-actions">
        <Button onClick={onDone}>Cancel</Button>
        <Button look="primary" type="submit" disabled={text.trim() === ""}>
          Ask this
        </Button>
      </div>
    </form>
  );

  function onSubmit(event: { preventDefault(): void }): void {
    event.preventDefault();
    if (text.trim() === "") return;
    onDone();
    ask(chatId, message.parent_id, withText(content, text));
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) onSubmit(event);
    if (event.key !== "Escape") return;
    event.preventDefault();
    onDone();
  }
}

/** What is attached stays. */
function withText(content: AskedMessage["content"], text: string): AskedMessage["content"] {
  if (!Array.isArray(content)) return text;
  return [...content.filter(({ type }) => type !== "text"), { type: "text", text }];
}
