export interface CodeTracker {
  track(text: string): void;
  /** Whether the next character stands in a code span or fence. */
  isInside(): boolean;
  /** Whether nothing of code is open or may be opening. */
  isIdle(): boolean;
  /** Whether a fence is open. */
  isFenced(): boolean;
  /** Whether only blanks stand before the next character on its line. */
  isLineStart(): boolean;
}

/**
 * Follows Markdown's code spans and fences through a text, wherever it is cut (CommonMark 0.31 §§4.5, 6.1). A span's
 * closing backticks cannot be foreseen in a stream, so one that is still open counts until its paragraph ends.
 */
export function createCodeTracker(): CodeTracker {
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
    track,
    isInside: () => (marks.length > 0 ? isInsideAfterMarks() : fence !== undefined || span > 0),
    isIdle: () => fence === undefined && span === 0 && marks.length === 0,
    isFenced: () => fence !== undefined,
    isLineStart: () => isLineStart,
  };

  function track(text: string): void {
    for (let at = 0; at < text.length;) {
      const from = at;
      while (at < text.length && !isSpecial(text.charCodeAt(at))) at++;
      if (at > from) readPlain(text, from, at);
      else readSpecial(text.charAt(at++));
    }
  }

  /** However long it is, its first character that is no blank says all. */
  function readPlain(text: string, from: number, to: number): void {
    if (marks.length > 0) endMarks();
    let at = from;
    while (at < to && isBlank(text.charAt(at))) at++;
    if (at === to) return;
    isLineStart = false;
    isBlankLine = false;
    isClosingLine = false;
  }

  function readSpecial(character: string): void {
    if (character === marks.mark && marks.length > 0) {
      marks.length++;
      return;
    }
    if (marks.length > 0) endMarks();
    if (character === "\n") return endLine();
    marks = { mark: character, length: 1, startsLine: isLineStart };
    isLineStart = false;
    isBlankLine = false;
  }

  function endMarks(): void {
    const { mark, length, startsLine } = marks;
    marks = { mark: "", length: 0, startsLine: false };
    if (fence && isInSpanAfterAll(mark)) {
      span = fence.length === length ? 0 : fence.length;
      fence = undefined;
      isInfoLine = false;
    } else if (fence) {
      isClosingLine = startsLine && mark === fence.mark && length >= fence.length;
    } else if (startsLine && length >= 3) {
      // It ends a paragraph, and with it a span that never closed.
      span = 0;
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
    if (fence) return !isInSpanAfterAll(mark) || fence.length !== length;
    if (startsLine && length >= 3) return true;
    return mark === "`" ? span !== length : span > 0;
  }

  /** Backticks on the line that a fence of backticks seemed to open: it was a span, such as ```` ```a``` ````. */
  function isInSpanAfterAll(mark: string): boolean {
    return isInfoLine && mark === "`" && fence?.mark === "`";
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

/** Backtick, tilde and the end of a line. */
function isSpecial(code: number): boolean {
  return code === 0x60 || code === 0x7e || code === 0x0a;
}

function isBlank(character: string): boolean {
  return character === " " || character === "\t" || character === "\r";
}
