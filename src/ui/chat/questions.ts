import { create } from "zustand";
import { persist } from "zustand/middleware";
import type { AskedMessage } from "../../protocol/chat.ts";
import type { ModelChoice } from "../state/ask-options.ts";

/** A question that the server has not been heard to have. */
export interface Question {
  readonly id: string;
  readonly chatId: string;
  /** What it comes after; null at the beginning of a chat. */
  readonly parentId: string | null;
  readonly content: AskedMessage["content"];
  /** Whom it is for; several are compared. */
  readonly choices: readonly ModelChoice[];
  /** Why it was not sent; `undefined` while it is being. */
  readonly failure: string | undefined;
}

/** Kept in this browser, so that nothing that was written is ever lost. */
export const useQuestions = create<{ readonly questions: readonly Question[] }>()(
  persist((): { readonly questions: readonly Question[] } => ({ questions: [] }), {
    name: "parley-unsent",
    merge: (kept) => ({ questions: (kept as { questions: readonly Question[] }).questions.map(toUnsent) }),
  }),
);

function toUnsent(question: Question): Question {
  return { ...question, failure: question.failure ?? "The page was closed before this was sent." };
}

export function putQuestion(question: Question): void {
  useQuestions.setState(({ questions }) => ({ questions: [...withoutId(questions, question.id), question] }));
}

export function dropQuestion(id: string): void {
  useQuestions.setState(({ questions }) => ({ questions: withoutId(questions, id) }));
}

function withoutId(questions: readonly Question[], id: string): readonly Question[] {
  return questions.filter((each) => each.id !== id);
}
