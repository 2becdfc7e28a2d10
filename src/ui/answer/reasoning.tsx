import { Markdown } from "../markdown/markdown.tsx";

export interface ReasoningProps {
  readonly text: string;
  readonly ms?: number | undefined;
  readonly isThinking?: boolean;
}

/** What it thought before it answered: folded, until somebody wants to read it. */
export function Reasoning({ text, ms, isThinking = false }: ReasoningProps) {
  if (text.trim() === "") return null;
  return (
    <details className="answer-fold">
      <summary>{isThinking ? "Thinking…" : toThought(ms)}</summary>
      <Markdown text={text} isStreaming={isThinking} />
    </details>
  );
}

function toThought(ms: number | undefined): string {
  if (ms === undefined) return "Thoughts";
  const seconds = Math.round(ms / 1000);
  if (seconds < 1) return "Thought for a moment";
  return seconds < 60 ? `Thought for ${seconds} s` : `Thought for ${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
