import { useEffect, useRef, useState } from "react";
import type { AnswerState } from "../answer/answer-state.ts";
import { useEnded } from "./followed.ts";

const words: Record<AnswerState["state"], string> = {
  running: "",
  done: "The answer is complete.",
  failed: "The answer failed.",
  cancelled: "The answer was stopped.",
  interrupted: "The answer was cut short: the server stopped.",
};
const shownMs = 3_000;

/** Says once that an answer is over, to those who do not see it come. */
export function EndNotice() {
  const { state, count } = useEnded();
  const [text, setText] = useState("");
  // What ended before somebody came here was said elsewhere.
  const said = useRef(count);
  useEffect(() => {
    if (state === undefined || said.current === count) return;
    said.current = count;
    setText(words[state]);
    const timer = setTimeout(() => setText(""), shownMs);
    return () => clearTimeout(timer);
  }, [state, count]);
  return (
    <p className="visually-hidden" role="status">
      {text}
    </p>
  );
}
