import { create } from "zustand";
import { isObject, tryParseJson } from "../../lib/json.ts";
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

/** Kept in this browser, so that nothing that was written is ever lost: by all its tabs in one list, each of which changes its own. */
const name = "parley-unsent";

export const useQuestions = create<{ readonly questions: readonly Question[] }>(() => ({
  questions: readKept().map(toUnsent),
}));

export function putQuestion(question: Question): void {
  change((questions) => [...withoutId(questions, question.id), question]);
}

export function dropQuestion(id: string): void {
  change((questions) => withoutId(questions, id));
}

function change(to: (questions: readonly Question[]) => readonly Question[]): void {
  useQuestions.setState(({ questions }) => ({ questions: to(questions) }));
  try {
    localStorage.setItem(name, JSON.stringify(to(readKept())));
  } catch {
    // A browser that is full still sends, and shows what could not be sent as long as the page is open.
  }
}

function readKept(): readonly Question[] {
  const kept = tryParseJson(localStorage.getItem(name) ?? "");
  return Array.isArray(kept) ? kept.filter(isQuestion) : [];
}

function isQuestion(value: unknown): value is Question {
  return (
    isObject(value) &&
    typeof value["id"] === "string" &&
    typeof value["chatId"] === "string" &&
    (typeof value["content"] === "string" || Array.isArray(value["content"])) &&
    Array.isArray(value["choices"])
  );
}

function toUnsent(question: Question): Question {
  return { ...question, failure: question.failure ?? "The page was closed before this was sent." };
}

function withoutId(questions: readonly Question[], id: string): readonly Question[] {
  return questions.filter((each) => each.id !== id);
}

window.addEventListener("storage", ({ key }) => {
  if (key !== name) return;
  const kept = readKept();
  useQuestions.setState(({ questions }) => ({
    questions: [
      // What another tab is sending is shown there.
      ...kept.filter(({ id, failure }) => failure !== undefined && !isSending(questions, id)),
      ...questions.filter(({ failure }) => failure === undefined),
    ],
  }));
});

function isSending(questions: readonly Question[], id: string): boolean {
  return questions.some((each) => each.id === id && each.failure === undefined);
}
