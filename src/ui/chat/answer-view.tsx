import { useId } from "react";
import { AnswerBody } from "../answer/answer-body.tsx";
import { AnswerActions } from "./answer-actions.tsx";
import { AnswerFailure } from "./answer-failure.tsx";
import { Suggestions } from "./suggestions.tsx";
import type { Shown } from "./tree.ts";
import { useAnswer } from "./use-answer.ts";

export interface AnswerViewProps extends Shown {
  readonly onAsk?: ((text: string) => void) | undefined;
}

/** What a model has answered, or is answering. */
export function AnswerView({ onAsk, ...shown }: AnswerViewProps) {
  const id = useId();
  const answer = useAnswer(shown.message);
  const isRunning = answer.state === "running";
  return (
    <article className="chat-message chat-answer" aria-labelledby={id} aria-busy={isRunning}>
      <h2 id={id} className="chat-answer-name">
        {answer.model || answer.provider || "Model"}
      </h2>
      <AnswerBody answer={answer} />
      {!isRunning && <AnswerFailure answer={answer} message={shown.message} />}
      {!isRunning && <AnswerActions {...shown} answer={answer} />}
      {!isRunning && onAsk && <Suggestions texts={answer.suggestions} onAsk={onAsk} />}
    </article>
  );
}
