import type { ToolCall } from "../../protocol/events.ts";

/** What an answer is as far as it is known: what its events came to, or what a chat has kept of it. */
export interface AnswerState {
  readonly state: "running" | "done" | "failed" | "cancelled" | "interrupted";
  /** Who answers; empty until it is known. */
  readonly provider: string;
  readonly model: string;
  /** Markdown, with media in the contract's own HTML, and the list of sources at its end. */
  readonly text: string;
  readonly reasoning: string;
  /** How long it thought, in milliseconds, where that is known. */
  readonly reasoningMs: number | undefined;
  /** What it does right now: `Searching the web`; empty when it writes. */
  readonly status: string;
  /** What it did on the way: searches, pages that were read. */
  readonly steps: readonly Step[];
  readonly toolCalls: readonly ToolCall[];
  /** A picture that is still being made: the address of what there is of it. */
  readonly preview: string | undefined;
  /** What went otherwise than was asked for: `Groq: rate limited, trying OpenAI`. */
  readonly notes: readonly string[];
  /** Why it failed, with the cure. */
  readonly failure: string | undefined;
  /** `stop`, `length`, …: other than `stop`, it can be continued. */
  readonly finish: string | undefined;
  readonly usage: AnswerUsage | undefined;
  readonly suggestions: readonly string[];
}

export interface Step {
  /** `read page`, or empty. */
  readonly label: string;
  readonly status: string;
}

export interface AnswerUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** US dollars, where a price is known. */
  readonly cost: number | undefined;
}
