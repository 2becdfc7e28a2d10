import { Ellipsis, Info, RefreshCw, Shuffle } from "lucide-react";
import { useState } from "react";
import { Listen } from "../answer/listen.tsx";
import { IconButton } from "../parts/button.tsx";
import { CopyButton } from "../parts/copy-button.tsx";
import { Menu } from "../parts/menu.tsx";
import { AgainDialog } from "./again-dialog.tsx";
import { AnswerDetails } from "./answer-details.tsx";
import type { AnswerState } from "../answer/answer-state.ts";
import { askAgain } from "./ask.ts";
import { BranchSwitch } from "./branch-switch.tsx";
import { useChatId } from "./chat-id.ts";
import { DeleteButton } from "./delete-button.tsx";
import type { Shown } from "./tree.ts";

export interface AnswerActionsProps extends Shown {
  readonly answer: AnswerState;
}

/** What can be done with an answer that is over. */
export function AnswerActions({ answer, ...shown }: AnswerActionsProps) {
  const chatId = useChatId();
  const [open, setOpen] = useState<"again" | "details">();
  const { message } = shown;
  const question = message.parent_id;
  const close = () => setOpen(undefined);
  return (
    <footer className="chat-actions">
      <BranchSwitch {...shown} />
      <CopyButton isIcon label="Copy as Markdown" text={() => answer.text} />
      <Listen text={answer.text} />
      {question !== null && (
        <IconButton label="Answer again" onClick={() => void askAgain(chatId, question)}>
          <RefreshCw aria-hidden size={16} />
        </IconButton>
      )}
      <DeleteButton message={message} />
      <Menu
        trigger={
          <IconButton label="More">
            <Ellipsis aria-hidden size={16} />
          </IconButton>
        }
        entries={[
          { label: "Again with …", icon: Shuffle, isDisabled: question === null, onSelect: () => setOpen("again") },
          { label: "Details", icon: Info, onSelect: () => setOpen("details") },
        ]}
      />
      {open === "again" && question !== null && <AgainDialog questionId={question} onClose={close} />}
      {open === "details" && <AnswerDetails answer={answer} message={message} onClose={close} />}
    </footer>
  );
}
