import { useEffect, useRef } from "react";
import { notify } from "../parts/toast.tsx";
import { useAskOptions } from "../state/ask-options.ts";
import { attach } from "./attach.ts";
import { AttachButton } from "./attach-button.tsx";
import { isUnsettled } from "./attachment.ts";
import { AttachmentList } from "./attachment-list.tsx";
import { changeDraft, clearDraft, draftOf, useDraft } from "./drafts.ts";
import { DropTarget } from "./drop-target.tsx";
import { MemoryButton } from "./memory-button.tsx";
import { ParametersPopover } from "./parameters-popover.tsx";
import { PictureWarning } from "./picture-warning.tsx";
import { type Question, toQuestion } from "./question.ts";
import { SendButton } from "./send-button.tsx";
import { TextBox } from "./text-box.tsx";
import { ToolsMenu } from "./tools-menu.tsx";
import { VoiceIn } from "./voice-in.tsx";
import { WebSearchMenu } from "./web-search-menu.tsx";
import { joinWords, sayFiles } from "./words.ts";

export interface ComposerProps {
  /** What is written is a draft of this chat, or of the next one. */
  readonly draftKey: string;
  readonly isAnswering: boolean;
  readonly onSend: (question: Question) => void;
  readonly onStop: () => void;
}

/** Where one writes, and says how it is to be answered. */
export function Composer({ draftKey, isAnswering, onSend, onStop }: ComposerProps) {
  const { text, attachments } = useDraft(draftKey);
  const { choice, rival } = useAskOptions();
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    // Whoever came here by a key stays where they are.
    if (document.activeElement === document.body && !matchMedia("(pointer: coarse)").matches) box.current?.focus();
  }, [draftKey]);

  const shownKey = useRef<string>(undefined);
  useEffect(() => {
    shownKey.current = draftKey;
    return () => void (shownKey.current = undefined);
  }, [draftKey]);

  const addFiles = (files: readonly File[]) => {
    attach(draftKey, files);
    box.current?.focus();
  };
  const sending = attachments.filter(isUnsettled).length;
  const isEmpty = text.trim() === "" && !attachments.some(({ state }) => state === "ready");
  const send = () => {
    if (isAnswering || isEmpty || sending > 0) return;
    const question = toQuestion(text, attachments);
    clearDraft(draftKey);
    onSend(question);
    box.current?.focus();
  };

  return (
    <div className="composer">
      <DropTarget onFiles={addFiles} />
      <PictureWarning attachments={attachments} choices={rival ? [choice, rival] : [choice]} />
      <form
        className="composer-form"
        aria-label="New message"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <p className="visually-hidden" role="status">
          {sayFiles(attachments)}
        </p>
        <AttachmentList draftKey={draftKey} attachments={attachments} box={box} />
        <TextBox
          box={box}
          text={text}
          onChange={(changed) => changeDraft(draftKey, () => ({ text: changed }))}
          onSend={send}
          onFiles={addFiles}
        />
        <div className="composer-tools">
          <AttachButton onFiles={addFiles} />
          <WebSearchMenu />
          <MemoryButton />
          <ToolsMenu />
          <ParametersPopover />
          <span className="composer-space" />
          <VoiceIn toPlace={toPlace} onEnd={() => box.current?.focus()} />
          <SendButton {...{ isAnswering, sending, isEmpty, onSend: send, onStop }} />
        </div>
      </form>
    </div>
  );

  /** At the caret, apart from the words around it; of a draft that is not shown any more, where the caret was. */
  function toPlace(): (said: string) => void {
    const before = caretOf(box.current, draftKey);
    return (said) => {
      const isShown = shownKey.current === draftKey;
      const [start, end] = isShown ? caretOf(box.current, draftKey) : before;
      changeDraft(draftKey, ({ text }) => ({ text: joinWords(text.slice(0, start), said, text.slice(end)) }));
      if (isShown) box.current?.focus();
      else notify({ text: "What you said is in the draft of the chat where you said it." });
    };
  }
}

function caretOf(box: HTMLTextAreaElement | null, draftKey: string): readonly [number, number] {
  const end = draftOf(draftKey).text.length;
  return [box?.selectionStart ?? end, box?.selectionEnd ?? end];
}
