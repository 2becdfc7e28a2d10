import { memo, useMemo } from "react";
import type { AnswerState } from "./answer-state.ts";
import { Markdown } from "../markdown/markdown.tsx";
import { splitSources } from "../markdown/sources.ts";
import { Preview } from "./preview.tsx";
import { Reasoning } from "./reasoning.tsx";
import { SourceList } from "./source-list.tsx";
import { Steps } from "./steps.tsx";
import { ToolCalls } from "./tool-calls.tsx";
import { UsageLine } from "./usage-line.tsx";

/** All that is known of an answer, from its thoughts to its price. */
export const AnswerBody = memo(function AnswerBody({ answer }: { readonly answer: AnswerState }) {
  const isRunning = answer.state === "running";
  const { text, sources } = useMemo(() => splitSources(answer.text), [answer.text]);
  return (
    <div className="answer">
      <Reasoning text={answer.reasoning} ms={answer.reasoningMs} isThinking={isRunning && text === ""} />
      <Steps steps={answer.steps} />
      {answer.notes.map((note) => (
        <p key={note} className="answer-note">
          {note}
        </p>
      ))}
      {text !== "" && <Markdown text={text} isStreaming={isRunning} sources={sources} />}
      {answer.preview !== undefined && isRunning && <Preview address={answer.preview} />}
      <ToolCalls calls={answer.toolCalls} />
      {isRunning && (answer.status !== "" || text === "") && <Status text={answer.status} />}
      <SourceList sources={sources} />
      {answer.failure !== undefined && (
        <div className="failure" role="alert">
          <p>{answer.failure}</p>
        </div>
      )}
      {!isRunning && <UsageLine answer={answer} />}
    </div>
  );
});

function Status({ text }: { readonly text: string }) {
  return (
    <p className="answer-status" role="status">
      <span className="answer-pulse" aria-hidden />
      {text || "Waiting for the model"}
    </p>
  );
}
