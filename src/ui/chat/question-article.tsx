import { type ReactNode, useId } from "react";
import type { AskedMessage } from "../../protocol/chat.ts";
import { SentAttachments } from "../composer/attachments-view.tsx";
import { textOf } from "./from-message.ts";

export interface QuestionArticleProps {
  readonly content: AskedMessage["content"];
  /** What can be done about it, or became of it. */
  readonly children: ReactNode;
}

/** What somebody asks, as it was written. */
export function QuestionArticle({ content, children }: QuestionArticleProps) {
  const id = useId();
  const text = textOf(content);
  return (
    <article className="chat-message chat-question" aria-labelledby={id}>
      <h2 id={id} className="visually-hidden">
        You
      </h2>
      {text !== "" && <p className="chat-question-text">{text}</p>}
      <SentAttachments content={content} />
      {children}
    </article>
  );
}
