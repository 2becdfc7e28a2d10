import { memo } from "react";
import { AnswerView } from "./answer-view.tsx";
import { QuestionView } from "./question-view.tsx";
import type { Shown } from "./tree.ts";
import { textOf } from "./from-message.ts";

export interface MessageViewProps extends Shown {
  /** Of the last one alone: asks what it suggests. */
  readonly onAsk: ((text: string) => void) | undefined;
}

/** Shown anew only when it is another one. */
export const MessageView = memo(function MessageView({ onAsk, ...shown }: MessageViewProps) {
  const { role, content } = shown.message.message;
  if (role === "assistant") return <AnswerView {...shown} onAsk={onAsk} />;
  if (role === "user") return <QuestionView {...shown} />;
  return (
    <details className="chat-aside">
      <summary>{role === "tool" ? "What a tool gave" : "Instructions"}</summary>
      <p>{textOf(content)}</p>
    </details>
  );
});
