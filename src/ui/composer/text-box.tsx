import { type ClipboardEvent, type KeyboardEvent, type RefObject, useLayoutEffect } from "react";

export interface TextBoxProps {
  readonly box: RefObject<HTMLTextAreaElement | null>;
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly onSend: () => void;
  readonly onFiles: (files: readonly File[]) => void;
}

/** Where one writes. It grows with what is written, up to a third of the window. */
export function TextBox({ box, text, onChange, onSend, onFiles }: TextBoxProps) {
  useLayoutEffect(() => grow(box.current), [box, text]);
  return (
    <textarea
      ref={box}
      className="composer-text"
      aria-label="Message"
      placeholder="Write a message"
      rows={1}
      value={text}
      onChange={({ target }) => onChange(target.value)}
      onKeyDown={(event) => {
        if (!sends(event)) return;
        event.preventDefault();
        onSend();
      }}
      onPaste={(event) => {
        const files = filesOf(event);
        if (files.length === 0) return;
        event.preventDefault();
        onFiles(files);
      }}
    />
  );
}

/** Enter that chooses a word of an input method is none; on a screen keyboard, Enter is the only way to a new line. */
function sends({ key, shiftKey, altKey, ctrlKey, metaKey, nativeEvent }: KeyboardEvent): boolean {
  if (key !== "Enter" || nativeEvent.isComposing || nativeEvent.keyCode === 229) return false;
  return ctrlKey || metaKey || !(shiftKey || altKey || matchMedia("(pointer: coarse)").matches);
}

/** Office programs put a picture of the text beside the text. */
function filesOf({ clipboardData }: ClipboardEvent): readonly File[] {
  return clipboardData.types.includes("text/plain") ? [] : [...clipboardData.files];
}

/** For browsers whose fields do not grow by themselves. */
function grow(box: HTMLTextAreaElement | null): void {
  if (!box || CSS.supports("field-sizing", "content")) return;
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}
