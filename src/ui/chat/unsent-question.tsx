import { Button } from "../parts/button.tsx";
import { CopyButton } from "../parts/copy-button.tsx";
import { send } from "./ask.ts";
import { focusComposer } from "./focus.ts";
import { textOf } from "./from-message.ts";
import { QuestionArticle } from "./question-article.tsx";
import { dropQuestion, type Question } from "./questions.ts";

/** A question on its way to the server, or one that did not get there. */
export function UnsentQuestion({ question }: { readonly question: Question }) {
  const { content, failure } = question;
  return (
    <QuestionArticle content={content}>
      {failure === undefined ? (
        <p className="muted">Sending…</p>
      ) : (
        <div className="failure" role="alert">
          <p>Not sent. {failure}</p>
          <Button look="primary" onClick={() => void send(question)}>
            Try again
          </Button>
          <CopyButton label="Copy" text={() => textOf(content)} />
          <Button onClick={() => discard(question.id)}>Discard</Button>
        </div>
      )}
    </QuestionArticle>
  );
}

function discard(id: string): void {
  dropQuestion(id);
  focusComposer();
}
