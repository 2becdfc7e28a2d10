import { Trash2 } from "lucide-react";
import { useState } from "react";
import type { ChatMessage } from "../../protocol/chats.ts";
import { AskFirst } from "../parts/ask-first.tsx";
import { IconButton } from "../parts/button.tsx";
import { remove } from "./actions.ts";
import { useChatId } from "./chat-id.ts";
import { focusComposer } from "./focus.ts";

export function DeleteButton({ message }: { readonly message: ChatMessage }) {
  const chatId = useChatId();
  const [isAsked, setIsAsked] = useState(false);
  return (
    <>
      <IconButton label="Delete" onClick={() => setIsAsked(true)}>
        <Trash2 aria-hidden size={16} />
      </IconButton>
      <AskFirst
        isOpen={isAsked}
        onClose={() => setIsAsked(false)}
        title="Delete this message?"
        about="What follows it goes with it, in every branch. This cannot be undone."
        no="Keep it"
        yes="Delete"
        onYes={() => void onDelete()}
      />
    </>
  );

  async function onDelete(): Promise<void> {
    setIsAsked(false);
    await remove(chatId, message.message_id);
    // What had the focus is gone.
    focusComposer();
  }
}
