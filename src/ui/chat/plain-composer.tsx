import { useState } from "react";
import { Button } from "../parts/button.tsx";

export function PlainComposer(props: {
  readonly draftKey: string;
  readonly isAnswering: boolean;
  readonly onSend: (question: { readonly content: string }) => void;
  readonly onStop: () => void;
}) {
  const [text, setText] = useState("");
  return (
    <form
      className="chat-composer"
      onSubmit={(event) => {
        event.preventDefault();
        props.onSend({ content: text });
        setText("");
      }}
    >
      <textarea
        aria-label="Message"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey) return;
          event.preventDefault();
          event.currentTarget.form?.requestSubmit();
        }}
      />
      {props.isAnswering ? <Button onClick={props.onStop}>Stop</Button> : <Button type="submit">Send</Button>}
    </form>
  );
}
