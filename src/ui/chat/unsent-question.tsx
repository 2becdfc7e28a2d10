import { useId } from "react";
import { SentAttachments } from "../composer/attachments-view.tsx";
import { Button } from "../parts/button.tsx";
import { CopyButton } from "../parts/copy-button.tsx";
import { send } from "./ask.ts";
import { focusComposer } from "./focus.ts";
import { textOf } from "./from-message.ts";
import { dropQuestion, type Question } from "./questions.ts";

/** A question on its way to the server, or one that did not get there. */
export function UnsentQuestion({ question }: { readonly question: Question }) {
  const id = useId();
  const { content, failure } = question;
  const text = textOf(content);
  return (
    <article className="chat-message chat-question" aria-labelledby={id}>
      <h2 id={id} className="visually-hidden">
        You
      </h2>
      {text !== "" && <p className="chat-question-text">{text}</p>}
      <SentAttachments content={content} />
      {failure === undefined ? (
        <p className="muted">Sending…</p>
      ) : (
        <div className="failure" role="alert">
          <p>Not sent. {failure}</p>
          <Button look="primary" onClick={() => void send(question)}>
            Try again
          </Button>
          <CopyButton label="Copy" text={() => text} />
          <Button onClick={() => discard(question.id)}>Discard</Button>
        </div>
      )}
    </article>
  );
}

function discard(id: string): void {
  dropQuestion(id);
  focusComposer();
}
