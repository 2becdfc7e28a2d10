import { type FormEvent, useEffect, useRef } from "react";

export interface RenameChatProps {
  readonly title: string;
  /** Undefined where it stays as it is. */
  readonly onDone: (title: string | undefined) => void;
}

/** A chat's title as a field, in its place: Enter or leaving it keeps what is there, Escape what was. */
export function RenameChat({ title, onDone }: RenameChatProps) {
  const field = useRef<HTMLInputElement>(null);
  const isDone = useRef(false);
  useEffect(() => {
    // The menu that led here gives the focus back to its button first.
    const later = setTimeout(() => field.current?.select(), 0);
    return () => clearTimeout(later);
  }, []);

  function end(written: string | undefined): void {
    if (isDone.current) return;
    isDone.current = true;
    const wanted = written?.trim();
    onDone(wanted === "" || wanted === title ? undefined : wanted);
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    end(field.current?.value);
  }

  return (
    <form className="chat-row-rename" onSubmit={submit}>
      <input
        ref={field}
        aria-label="Title of the chat"
        defaultValue={title}
        maxLength={300}
        onBlur={({ target }) => document.hasFocus() && end(target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          // It closes this alone, not the drawer around it.
          event.stopPropagation();
          end(undefined);
        }}
      />
    </form>
  );
}
