import type { Clock } from "../lib/clock.ts";
import { createCodeTracker } from "../lib/code-tracker.ts";
import type { RunEvent } from "../protocol/events.ts";

/** Turns `<think>` tags in a text into events, wherever the text is cut. */
export interface ThinkingParser {
  push(text: string, into: RunEvent[]): void;
  /** Says what was held back, and closes a thought that was left open. */
  end(into: RunEvent[]): void;
}

const open = "<think>";
const close = "</think>";

/**
 * Finds `<think>…</think>` in the answers of models that mark their thoughts so, any number of pairs. One inside a code
 * span or fence is text.
 */
export function createThinkingParser(clock: Clock): ThinkingParser {
  let held = "";
  let thinkingSince: number | undefined;
  const code = createCodeTracker();

  return { push, end };

  function push(text: string, into: RunEvent[]): void {
    // Almost every piece: nothing is open, nothing begins.
    if (held === "" && thinkingSince === undefined && code.isIdle() && !/[<`~]/.test(text)) {
      code.track(text);
      into.push({ type: "content", content: text });
      return;
    }
    held += text;
    while (step(into));
  }

  /** Takes what can be decided from what is held; `false` when more must come first. */
  function step(into: RunEvent[]): boolean {
    if (thinkingSince !== undefined) return stepThinking(into);
    const tag = findOpen();
    if (tag > 0) into.push({ type: "content", content: held.slice(0, tag) });
    held = held.slice(tag);
    if (!held.startsWith(open)) return false;
    held = held.slice(open.length);
    thinkingSince = clock();
    into.push({ type: "reasoning", token: null, status: "🤔 Is thinking...", is_thinking: open });
    return held !== "";
  }

  /** Where a tag opens outside code, or may turn out to once more has come; else the end of what is held. */
  function findOpen(): number {
    for (let from = 0; ;) {
      const next = held.indexOf("<", from);
      code.track(held.slice(from, next === -1 ? held.length : next));
      if (next === -1) return held.length;
      if (!code.isInside() && open.startsWith(held.slice(next, next + open.length))) return next;
      code.track("<");
      from = next + 1;
    }
  }

  function stepThinking(into: RunEvent[]): boolean {
    const tag = held.indexOf(close);
    const length = tag === -1 ? held.length - openEnd(held, close) : tag;
    if (length > 0) into.push({ type: "reasoning", token: held.slice(0, length) });
    held = held.slice(length);
    if (tag === -1) return false;
    held = held.slice(close.length);
    endThinking(into);
    return held !== "";
  }

  function endThinking(into: RunEvent[]): void {
    const seconds = (clock() - (thinkingSince ?? 0)) / 1000;
    thinkingSince = undefined;
    const status = seconds > 1 ? `Thought for ${seconds.toFixed(2)}s` : "";
    into.push({ type: "reasoning", token: null, status, is_thinking: close });
  }

  function end(into: RunEvent[]): void {
    if (held !== "")
      into.push(thinkingSince === undefined ? { type: "content", content: held } : { type: "reasoning", token: held });
    held = "";
    if (thinkingSince !== undefined) endThinking(into);
  }
}

/** How many characters at the end of `text` could be the beginning of `tag`. */
function openEnd(text: string, tag: string): number {
  for (let length = Math.min(tag.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(tag.slice(0, length))) return length;
  }
  return 0;
}
