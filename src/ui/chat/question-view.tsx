import { Pencil } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { IconButton } from "../parts/button.tsx";
import { CopyButton } from "../parts/copy-button.tsx";
import { BranchSwitch } from "./branch-switch.tsx";
import { DeleteButton } from "./delete-button.tsx";
import { textOf } from "./from-message.ts";
import { QuestionArticle } from "./question-article.tsx";
import { isEditKept, QuestionEdit } from "./question-edit.tsx";
import type { Shown } from "./tree.ts";

/** What somebody has asked, as it was written. */
export function QuestionView(shown: Shown) {
  const { message } = shown;
  const [edited, setEdited] = useState<string>();
  const [isCancelled, setIsCancelled] = useState(false);
  const pencil = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isCancelled) return;
    // Back to where it was begun.
    pencil.current?.focus();
    setIsCancelled(false);
  }, [isCancelled]);
  if (edited === message.message_id || isEditKept(message))
    return (
      <QuestionEdit
        key={message.message_id}
        message={message}
        hasFocus={edited === message.message_id}
        onDone={() => setEdited(undefined)}
        onCancel={() => {
          setEdited(undefined);
          setIsCancelled(true);
        }}
      />
    );
  return (
    <QuestionArticle content={message.message.content}>
      <footer className="chat-actions">
        <BranchSwitch {...shown} />
        <IconButton ref={pencil} label="Edit and ask again" onClick={() => setEdited(message.message_id)}>
          <Pencil aria-hidden size={16} />
        </IconButton>
        <CopyButton isIcon label="Copy the question" text={() => textOf(message.message.content)} />
        <DeleteButton message={message} />
      </footer>
    </QuestionArticle>
  );
}
