import { joinLines } from "./join.ts";
import { mostCommon, type Line } from "./lines.ts";
import { findTable } from "./table.ts";

/** What the type of a document means: which is its text's, and which are its headings'. */
export interface Typography {
  readonly bodySize: number;
  readonly isBodyBold: boolean;
  /** From line to line, in sizes of the type. */
  readonly leading: number;
  /** Of headings, the largest first. */
  readonly headingSizes: readonly number[];
}

/** The size of most letters is the text's; what is larger are headings, six sizes at most. */
export function toTypography(pages: readonly (readonly Line[])[]): Typography {
  const letters = pages
    .flat()
    .flatMap((line) => Array<number>(Math.ceil(line.text.length / 8)).fill(toHalf(line.size)));
  const bodySize = mostCommon(letters);
  const ofBody = pages.flat().filter((line) => toHalf(line.size) === bodySize);
  const larger = pages
    .flat()
    .filter((line) => line.size > bodySize * 1.12)
    .map(({ size }) => toHalf(size));
  return {
    bodySize,
    leading: toLeading(pages),
    isBodyBold: ofBody.filter(({ isBold }) => isBold).length > ofBody.length / 2,
    headingSizes: [...new Set(larger)].sort((a, b) => b - a).slice(0, 6),
  };
}

/** The most common distance of two lines in a row; a little more than single where there are no two. */
function toLeading(pages: readonly (readonly Line[])[]): number {
  const steps = pages.flatMap((lines) =>
    lines.map((line, index) => {
      const next = lines[index + 1];
      return next ? Math.round(((line.baseline - next.baseline) / line.size) * 10) / 10 : 0;
    }),
  );
  return mostCommon(steps.filter((step) => step >= 0.8 && step <= 3.2)) || 1.2;
}

/** Sizes come with the inaccuracy of their matrices. */
const toHalf = (size: number) => Math.round(size * 2) / 2;

/** Lines as Markdown: headings by their type, tables by their columns, paragraphs by the distances of their lines. */
export function writeLines(lines: readonly Line[], typography: Typography): readonly string[] {
  const blocks: string[] = [];
  for (let start = 0; start < lines.length;) {
    const table = findTable(lines.slice(start, start + maxRows));
    const length = table?.length ?? paragraphLength(lines, start, typography);
    blocks.push(table?.markdown ?? writeParagraph(lines.slice(start, start + length), typography));
    start += length;
  }
  return blocks;
}

/** More than any page has. */
const maxRows = 300;

/** Until a gap, an indent, or another type. */
function paragraphLength(lines: readonly Line[], start: number, typography: Typography): number {
  const first = lines[start]!;
  const level = headingLevel(first, typography);
  let end = start + 1;
  let leading = 0;
  for (let line = lines[end]; line; line = lines[++end]) {
    const last = lines[end - 1]!;
    const step = last.baseline - line.baseline;
    if (line.turn !== first.turn || headingLevel(line, typography) !== level) break;
    if (level > 0 && Math.abs(line.size - first.size) > 0.5) break;
    const most = leading > 0 ? leading : Math.max(last.size, line.size) * typography.leading;
    if (step <= 0 || step > most * 1.3) break;
    if (line.left >= last.right || line.right <= last.left) break;
    if (isIndented(line, last, lines[end + 1]) || bullet.test(line.text)) break;
    leading = step;
  }
  return end - start;
}

/** A first line, further in than the one before and the one after it. */
function isIndented(line: Line, last: Line, next: Line | undefined): boolean {
  const inwards = (from: Line) => (line.isRightToLeft ? from.right - line.right : line.left - from.left);
  const isIn = (by: number) => by > line.size * 0.7 && by < line.size * 4;
  return isIn(inwards(last)) && next !== undefined && isIn(inwards(next));
}

/** 0 for what is no heading. Bold lines that are no larger than the text are of the level after the largest. */
function headingLevel(line: Line, { bodySize, isBodyBold, headingSizes }: Typography): number {
  if (line.text.length > 150 || !/\p{L}/u.test(line.text)) return 0;
  if (line.size > bodySize * 1.12) return Math.max(1, headingSizes.indexOf(toHalf(line.size)) + 1);
  const isBold = line.isBold && !isBodyBold && line.size > bodySize * 0.95 && line.cells.length === 1;
  return isBold && line.text.length < 80 && !/[.,;:]$/.test(line.text) ? Math.min(6, headingSizes.length + 1) : 0;
}

const bullet = /^[•·‣▪◦●■–](?=\s|\p{L})\s*/u;

function writeParagraph(lines: readonly Line[], typography: Typography): string {
  // A heading of many lines is a text in large type.
  const level = lines.length > 3 ? 0 : headingLevel(lines[0]!, typography);
  const right = Math.max(...lines.map((line) => line.right));
  const left = Math.min(...lines.map((line) => line.left));
  // A line that ends long before the others do ends there because it was meant to.
  const isShort = (line: Line) => (line.isRightToLeft ? line.left - left : right - line.right) > (right - left) * 0.25;
  const parts: string[][] = [[]];
  lines.forEach((line, index) => {
    parts.at(-1)!.push(escapeLine(line.text));
    if (level === 0 && isShort(line) && index < lines.length - 1) parts.push([]);
  });
  const text = parts.map(joinLines).join("\n");
  return level > 0 ? `${"#".repeat(level)} ${text}` : text.replace(bullet, "- ");
}

/** So that nothing in a document is taken for a mark of ours, or a heading. */
export function escapeLine(text: string): string {
  return text.replaceAll("<!--", "\\<!--").replace(/^#/, "\\#");
}
