import { limits } from "./limits.ts";

/** A part of a text that stands by itself: it is parsed alone, and left alone once the next has begun. */
export interface Block {
  readonly kind: "markdown" | "code" | "math";
  readonly raw: string;
  /** Of code and formulas: whether their end is there. */
  readonly isClosed: boolean;
}

const fence = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;
const marker = /^ {0,3}(?:[-*+]|\d{1,9}[.)])(?:\s|$)/;
const note = /^\[\^[^\]\s]{1,50}\]:/;

/** Cuts a text where no construct goes on: at blank lines, and around code and formulas. Takes time by its length alone. */
export function toBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  let start = 0;
  let first = "";
  let isAfterBlank = false;

  const end = (at: number) => {
    const raw = text.slice(start, at);
    if (raw.trim() !== "") blocks.push({ kind: "markdown", raw, isClosed: true });
    start = at;
  };

  for (let at = 0; at < text.length;) {
    const next = lineEnd(text, at);
    const line = text.slice(at, next - (text[next - 1] === "\n" ? 1 : 0));
    if (line.trim() === "") {
      isAfterBlank = true;
      at = next;
      continue;
    }
    const isInList = at > start && (marker.test(first) || note.test(first));
    const special = isInList && /^\s/.test(line) ? undefined : (codeAt(text, at, line) ?? formulaAt(text, at, line));
    if (special) {
      end(at);
      blocks.push(special);
      at = start = at + special.raw.length;
    } else {
      if (isAfterBlank && !goesOn(line, first, isInList)) end(at);
      if (at === start || text.slice(start, at).trim() === "") first = line;
      at = next;
    }
    isAfterBlank = false;
  }
  end(text.length);
  return blocks;
}

/** Whether what stood before a blank line goes on behind it. */
function goesOn(line: string, first: string, isInList: boolean): boolean {
  const isIndented = /^(?: {2,}|\t)/.test(line);
  return isInList ? isIndented || (marker.test(line) && marker.test(first)) : isCode(line) && isCode(first);
}

function isCode(line: string): boolean {
  return /^(?: {4}|\t)/.test(line);
}

function codeAt(text: string, at: number, line: string): Block | undefined {
  const mark = fence.exec(line)?.[1];
  if (mark === undefined) return undefined;
  for (let from = lineEnd(text, at); from < text.length;) {
    const next = lineEnd(text, from);
    // Without a copy of each line: there may be millions.
    if (closes(text, from, next, mark)) return { kind: "code", raw: text.slice(at, next), isClosed: true };
    from = next;
  }
  return { kind: "code", raw: text.slice(at), isClosed: false };
}

function closes(text: string, from: number, to: number, mark: string): boolean {
  let at = from;
  while (at < from + 3 && text[at] === " ") at++;
  if (!text.startsWith(mark, at)) return false;
  const rest = text.slice(at, Math.min(to, at + limits.formula)).trimEnd();
  return rest === (mark[0] ?? "").repeat(rest.length);
}

const formulaSigns = [
  ["$$", "$$"],
  ["\\[", "\\]"],
] as const;

/** A formula on lines of its own: its end stands at the end of a line, before any blank one. */
function formulaAt(text: string, at: number, line: string): Block | undefined {
  const from = at + line.length - line.trimStart().length;
  const signs = formulaSigns.find(([opens]) => text.startsWith(opens, from));
  if (!signs) return undefined;
  const [opens, ends] = signs;
  const body = text.slice(from + opens.length, from + opens.length + limits.formula);
  const blank = /\n[ \t]*\n/.exec(body)?.index ?? body.length;
  const close = body.indexOf(ends);
  if (close !== -1 && close < blank) {
    const next = lineEnd(text, from + opens.length + close);
    const rest = text.slice(from + opens.length + close + ends.length, next);
    return rest.trim() === "" ? { kind: "math", raw: text.slice(at, next), isClosed: true } : undefined;
  }
  const isCutShort = from + opens.length + blank >= text.length;
  return isCutShort && line.trim() === opens ? { kind: "math", raw: text.slice(at), isClosed: false } : undefined;
}

/** Behind the end of the line that is at `at`. */
function lineEnd(text: string, at: number): number {
  const found = text.indexOf("\n", at);
  return found === -1 ? text.length : found + 1;
}
