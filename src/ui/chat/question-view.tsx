import { Copy, Pencil } from "lucide-react";
import { useId, useState } from "react";
import { SentAttachments } from "../composer/attachments-view.tsx";
import { IconButton } from "../parts/button.tsx";
import { copy } from "./actions.ts";
import { BranchSwitch } from "./branch-switch.tsx";
import { DeleteButton } from "./delete-button.tsx";
import { textOf } from "./from-message.ts";
import { QuestionEdit } from "./question-edit.tsx";
import type { Shown } from "./tree.ts";

/** What somebody has asked, as it was written. */
export function QuestionView(shown: Shown) {
  const [isEdited, setIsEdited] = useState(false);
  const id = useId();
  const { message } = shown;
  const text = textOf(message.message.content);
  if (isEdited) return <QuestionEdit key={message.message_id} message={message} onDone={() => setIsEdited(false)} />;
  return (
    <article className="chat-message chat-question" aria-labelledby={id}>
      <h2 id={id} className="visually-hidden">
        You
      </h2>
      {text !== "" && <p className="chat-question-text">{text}</p>}
      <SentAttachments content={message.message.content} />
      <footer className="chat-actions">
        <BranchSwitch {...shown} />
        <IconButton label="Edit and ask again" onClick={() => setIsEdited(true)}>
          <Pencil aria-hidden size={16} />
        </IconButton>
        <IconButton label="Copy the question" onClick={() => void copy(text)}>
          <Copy aria-hidden size={16} />
        </IconButton>
        <DeleteButton message={message} />
      </footer>
    </article>
  );
}
