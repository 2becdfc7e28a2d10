import { rightToLeft, type Char } from "./chars.ts";

/** Text that stands together on a line: a whole line, or a cell of a table. */
export interface Cell {
  readonly text: string;
  readonly left: number;
  readonly right: number;
}

export interface Line {
  /** More than one where there are gaps as between columns. */
  readonly cells: readonly Cell[];
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly baseline: number;
  readonly size: number;
  readonly isBold: boolean;
  readonly isRightToLeft: boolean;
  readonly turn: number;
}

/** In the order of the characters: what stands on one line, but not one after the other, is not one line. */
export function toLines(chars: readonly Char[]): readonly Line[] {
  const lines: Char[][] = [];
  let current: Char[] = [];
  for (const char of chars) {
    const last = current.at(-1);
    if (last && continues(current, last, char)) current.push(char);
    else {
      current = [char];
      lines.push(current);
    }
  }
  return lines.flatMap((line) => (line.some(isInk) ? toLine(line) : []));
}

const isInk = ({ text }: Char) => text !== " ";

function continues(line: readonly Char[], last: Char, char: Char): boolean {
  if (last.turn !== char.turn) return false;
  const size = Math.max(last.size, char.size);
  const rise = Math.abs(char.baseline - (line[0]?.baseline ?? 0));
  // Raised and lowered letters are smaller, or follow closely.
  if (Math.min(rise, Math.abs(char.baseline - last.baseline)) < size * 0.5) return true;
  return isBelow(last, char) && line.every((each) => Math.abs(each.left - char.left) < size * 0.3);
}

/** The next letter of a line that is written downwards, as in Japanese. */
function isBelow(last: Char, char: Char): boolean {
  const step = (last.baseline - char.baseline) / char.size;
  return last.object === char.object && step > 0.7 && step < 1.5 && wide.test(last.text) && wide.test(char.text);
}

/** What is written without spaces. */
export const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]/u;

/** The scripts of India and its neighbours. */
const joined = /[\u0900-\u0dff\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff]/u;

function toLine(chars: readonly Char[]): Line {
  const cells: Cell[] = [];
  const hasSpaces = !chars.every(isInk);
  let text = "";
  let start = 0;
  chars.forEach((char, index) => {
    const last = chars[index - 1];
    if (last) {
      const gap = gapBetween(last, char);
      if (gap > char.size * 1.2) {
        cells.push(toCell(text, chars.slice(start, index)));
        text = "";
        start = index;
      } else if (isSpaced(last, char, gap, hasSpaces)) text += " ";
    }
    text += char.text;
  });
  cells.push(toCell(text, chars.slice(start)));
  return describe(
    chars,
    cells.filter((cell) => cell.text !== ""),
  );
}

/** The same in either direction; none where they overlap, or one is below the other. */
function gapBetween(last: Char, char: Char): number {
  return Math.max(0, char.left - last.right, last.left - char.right);
}

/** Between words there is a tenth of the type's size at least. */
function isSpaced(last: Char, char: Char, gap: number, hasSpaces: boolean): boolean {
  if (last.text === " " || char.text === " " || /^\p{M}/u.test(char.text)) return false;
  // What is written without spaces may be spread; and where several letters are one sign, nobody knows how wide it is.
  const isWide = wide.test(last.text) && wide.test(char.text);
  const least = isWide ? 0.6 : hasSpaces && joined.test(last.text) ? 0.45 : 0.12;
  return gap > Math.min(last.size, char.size) * least;
}

function toCell(text: string, chars: readonly Char[]): Cell {
  const ink = chars.filter(isInk);
  return {
    text: text.replace(/ +/g, " ").trim(),
    left: Math.min(...ink.map(({ left }) => left)),
    right: Math.max(...ink.map(({ right }) => right)),
  };
}

function describe(chars: readonly Char[], cells: readonly Cell[]): Line {
  const ink = chars.filter(isInk);
  const size = mostCommon(ink.map((char) => char.size));
  return {
    cells,
    text: cells.map((cell) => cell.text).join(" "),
    left: Math.min(...cells.map(({ left }) => left)),
    right: Math.max(...cells.map(({ right }) => right)),
    baseline: ink.find((char) => char.size === size)?.baseline ?? 0,
    size,
    isBold: ink.every(({ isBold }) => isBold),
    isRightToLeft: ink.filter(({ text }) => rightToLeft.test(text)).length > ink.length / 2,
    turn: chars[0]?.turn ?? 0,
  };
}

export function mostCommon(numbers: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const each of numbers) counts.set(each, (counts.get(each) ?? 0) + 1);
  return [...counts].reduce((best, each) => (each[1] > best[1] ? each : best), [0, 0])[0];
}
