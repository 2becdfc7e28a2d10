import { type KeyboardEvent, useState } from "react";
import type { AskedMessage } from "../../protocol/chat.ts";
import type { ChatMessage } from "../../protocol/chats.ts";
import { changeDraft, clearDraft, draftOf } from "../composer/drafts.ts";
import { Button } from "../parts/button.tsx";
import { ask } from "./ask.ts";
import { useChatId } from "./chat-id.ts";
import { textOf } from "./from-message.ts";

export interface QuestionEditProps {
  readonly message: ChatMessage;
  /** Whoever finds it again after a reload is perhaps about to write elsewhere. */
  readonly hasFocus: boolean;
  readonly onCancel: () => void;
  readonly onDone: () => void;
}

/** Whether somebody was writing another wording when they left. */
export function isEditKept(message: ChatMessage): boolean {
  return draftOf(editKey(message)).text !== "";
}

function editKey({ message_id }: ChatMessage): string {
  return `edit ${message_id}`;
}

/** Another wording of a question, which is asked beside it. */
export function QuestionEdit({ message, hasFocus, onCancel, onDone }: QuestionEditProps) {
  const chatId = useChatId();
  const key = editKey(message);
  const [text, setText] = useState(() => draftOf(key).text || textOf(message.message.content));
  return (
    <form className="chat-message chat-question-edit" onSubmit={onSubmit}>
      <textarea
        aria-label="Your question"
        rows={Math.min(12, text.split("\n").length + 1)}
        value={text}
        autoFocus={hasFocus}
        onFocus={({ target }) => hasFocus && target.setSelectionRange(target.value.length, target.value.length)}
        onChange={({ target }) => onChange(target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="chat-actions">
        <Button onClick={cancel}>Cancel</Button>
        <Button look="primary" type="submit" disabled={text.trim() === ""}>
          Ask this
        </Button>
      </div>
    </form>
  );

  function onChange(changed: string): void {
    setText(changed);
    changeDraft(key, () => ({ text: changed }));
  }

  function cancel(): void {
    clearDraft(key);
    onCancel();
  }

  function onSubmit(event: { preventDefault(): void }): void {
    event.preventDefault();
    if (text.trim() === "") return;
    ask(chatId, message.parent_id, withText(message.message.content, text));
    clearDraft(key);
    onDone();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) onSubmit(event);
    if (event.key !== "Escape") return;
    event.preventDefault();
    cancel();
  }
}

/** What is attached stays. */
function withText(content: AskedMessage["content"], text: string): AskedMessage["content"] {
  if (!Array.isArray(content)) return text;
  return [...content.filter(({ type }) => type !== "text"), { type: "text", text }];
}
