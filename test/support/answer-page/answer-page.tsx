import { useState } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { AnswerBody } from "../../../src/ui/answer/answer-body.tsx";
import type { AnswerState } from "../../../src/ui/answer/answer-state.ts";
import { emptyAnswer } from "../../../src/ui/chat/from-events.ts";
import { Toasts } from "../../../src/ui/parts/toast.tsx";

/** Answers as the page shows them, to be set from outside. */
function Answers() {
  const [answers, setAnswers] = useState<readonly AnswerState[]>([]);
  const show = (given: readonly Partial<AnswerState>[]) => setAnswers(given.map((each) => ({ ...empty, ...each })));
  Object.assign(window, {
    show: (given: readonly Partial<AnswerState>[]) => flushSync(() => show(given)),
    /** Writes on in the last one. */
    add: (text: string) =>
      setAnswers((all) =>
        all.map((each, index) => (index === all.length - 1 ? { ...each, text: each.text + text } : each)),
      ),
  });
  return (
    <>
      <h1>Answers</h1>
      <h2>All of them</h2>
      {answers.map((answer, index) => (
        // oxlint-disable-next-line react/no-array-index-key
        <article key={index} className="chat-message chat-answer">
          <AnswerBody answer={answer} />
        </article>
      ))}
    </>
  );
}

const empty: AnswerState = { ...emptyAnswer, state: "done", finish: "stop" };

const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <Toasts>
      <Answers />
    </Toasts>,
  );
