import type { Collected } from "../collected.ts";
import { type Shape, toBeginning, toEnd, writeLine } from "./lines.ts";
import type { Durations } from "./timing.ts";

export interface WholeOptions {
  /** As it was asked for. */
  readonly model: string;
  readonly shape: Shape;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** An answer as one object of JSON. */
export function writeWhole(collected: Collected, durations: Durations, { model, shape, now }: WholeOptions): string {
  const { text, reasoning, calls, logprobs, usage, reason = "stop" } = collected;
  const said = { content: text, thinking: reasoning, calls, logprobs };
  return writeLine(toBeginning(model, now), shape, said, toEnd(reason, usage, durations));
}

/** What is answered where a model was only to be made ready, or let go. */
export function writeReady(isUnload: boolean, { model, shape, now }: WholeOptions): string {
  const end = { done: true, done_reason: isUnload ? "unload" : "load" };
  return writeLine(toBeginning(model, now), shape, { content: "" }, end);
}

/** A line that says nothing but that the answer goes on. */
export function writeQuiet({ model, shape, now }: WholeOptions): string {
  return `${writeLine(toBeginning(model, now), shape, { content: "" }, { done: false })}\n`;
}
