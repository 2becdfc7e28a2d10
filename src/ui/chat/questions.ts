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
  /** What else had been asked after the same message by then; earlier versions of the page did not keep it. */
  readonly siblings?: readonly string[] | undefined;
  /** Whom it is for; several are compared. */
  readonly choices: readonly ModelChoice[];
  /** When, in milliseconds. */
  readonly askedAt: number;
  /** Why it was not sent; `undefined` while it is being. */
  readonly failure: string | undefined;
}

/** Each is kept in an entry of its own, so that nothing that was written is ever lost: tabs write what they ask alone. */
const prefix = "parley-unsent:";

export const useQuestions = create<{ readonly questions: readonly Question[] }>(() => ({ questions: readAll() }));

export function putQuestion(question: Question): void {
  show(question);
  try {
    localStorage.setItem(prefix + question.id, JSON.stringify(question));
  } catch {
    // A browser that is full, or keeps nothing, still sends.
  }
}

export function dropQuestion(id: string): void {
  hide(id);
  localStorage.removeItem(prefix + id);
}

function show(question: Question): void {
  useQuestions.setState(({ questions }) => ({ questions: [...withoutId(questions, question.id), question] }));
}

function hide(id: string): void {
  useQuestions.setState(({ questions }) => ({ questions: withoutId(questions, id) }));
}

function withoutId(questions: readonly Question[], id: string): readonly Question[] {
  return questions.filter((each) => each.id !== id);
}

function readAll(): readonly Question[] {
  return Object.keys(localStorage)
    .filter((name) => name.startsWith(prefix))
    .flatMap((name) => parseQuestion(localStorage.getItem(name)) ?? [])
    .map((question) => ({ ...question, failure: question.failure ?? "The page was closed before this was sent." }))
    .sort((one, other) => one.askedAt - other.askedAt);
}

/** What this version has kept; anything else is no question. */
function parseQuestion(kept: string | null): Question | undefined {
  const value = kept === null ? undefined : tryParseJson(kept);
  return isQuestion(value) ? value : undefined;
}

function isQuestion(value: unknown): value is Question {
  return (
    isObject(value) &&
    [value["id"], value["chatId"]].every((each) => typeof each === "string") &&
    typeof value["askedAt"] === "number" &&
    Array.isArray(value["choices"]) &&
    (value["siblings"] === undefined || Array.isArray(value["siblings"]))
  );
}

window.addEventListener("storage", ({ key: name, newValue }) => {
  if (!name?.startsWith(prefix)) return;
  const question = parseQuestion(newValue);
  // What another tab is sending is its own affair until that fails.
  if (question?.failure === undefined) hide(name.slice(prefix.length));
  else show(question);
});
