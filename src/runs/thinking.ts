import type { Clock } from "../lib/clock.ts";
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
 * span or fence is text (CommonMark 0.31 §§4.5, 6.1; a span's closing backticks cannot be foreseen in a stream, so a
 * span that is still open counts as one until its paragraph ends).
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

interface CodeTracker {
  track(text: string): void;
  /** Whether the next character stands in a code span or fence. */
  isInside(): boolean;
  /** Whether nothing of code is open or may be opening. */
  isIdle(): boolean;
}

/** Follows code spans and fences through a text, character by character. */
function createCodeTracker(): CodeTracker {
  /** `` ` `` or `~` and how many, while a fence is open. */
  let fence: { mark: string; length: number } | undefined;
  /** How many backticks opened the span that is open; 0 for none. */
  let span = 0;
  /** The row of equal marks that is being read. */
  let marks = { mark: "", length: 0, startsLine: false };
  let isLineStart = true;
  let isBlankLine = true;
  /** A fence's opening line: what follows the marks is its language. */
  let isInfoLine = false;
  let isClosingLine = false;

  return {
    track: (text) => {
      for (const character of text) read(character);
    },
    isInside: () => (marks.length > 0 ? isInsideAfterMarks() : fence !== undefined || span > 0),
    isIdle: () => fence === undefined && span === 0 && marks.length === 0,
  };

  function read(character: string): void {
    if (character === marks.mark && marks.length > 0) {
      marks.length++;
      return;
    }
    if (marks.length > 0) endMarks();
    if (character === "`" || character === "~") {
      marks = { mark: character, length: 1, startsLine: isLineStart };
      isLineStart = false;
      isBlankLine = false;
      return;
    }
    if (character === "\n") return endLine();
    if (character === " ") return;
    isLineStart = false;
    isBlankLine = false;
    if (isClosingLine) isClosingLine = false;
  }

  function endMarks(): void {
    const { mark, length, startsLine } = marks;
    marks = { mark: "", length: 0, startsLine: false };
    if (fence) {
      isClosingLine = startsLine && mark === fence.mark && length >= fence.length;
    } else if (startsLine && length >= 3 && span === 0) {
      fence = { mark, length };
      isInfoLine = true;
    } else if (mark === "`") {
      if (span === 0) span = length;
      else if (span === length) span = 0;
    }
  }

  /** Where a row of marks has not ended, what follows it next ends it. */
  function isInsideAfterMarks(): boolean {
    const { mark, length, startsLine } = marks;
    if (fence) return true;
    if (startsLine && length >= 3 && span === 0) return true;
    return mark === "`" ? span !== length : span > 0;
  }

  function endLine(): void {
    if (fence && isClosingLine && !isInfoLine) fence = undefined;
    // A blank line ends the paragraph, and with it a span that never closed.
    if (isBlankLine) span = 0;
    isInfoLine = false;
    isClosingLine = false;
    isLineStart = true;
    isBlankLine = true;
  }
}
