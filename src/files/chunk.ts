/** A piece of a document's text: some paragraphs, found as one. */
export interface Chunk {
  /** Where it lies in the text, in bytes of UTF-8. */
  readonly start: number;
  readonly length: number;
  /** Where a reader of the document finds it: `page 3`, `slide 3`; empty where it has no pages. */
  readonly place: string;
  /** The heading that it stands under, without signs. */
  readonly heading: string;
  readonly text: string;
  /** Where the names of its columns lie, in bytes, where it begins within a table. */
  readonly columns?: Range | undefined;
}

export interface Range {
  readonly start: number;
  readonly length: number;
}

/** Some paragraphs, a few hundred tokens; arbitrary, in characters. */
const usualLength = 1_500;

/** Converters put it alone on a line where a page begins. */
const marker = /^<!-- (Page|Slide) (\d+) -->$/;

/** The line of a table under the names of its columns. */
const ruler = /^\|(?: ?:?-+:? ?\|)+$/;

/** Longer names of columns are not told again, in bytes; arbitrary. */
const maxColumnsLength = 1_000;

/**
 * Cuts Markdown into pieces, at a page, at a heading, and where a piece is long enough: between paragraphs if there are
 * some, else between lines, and within a line only where it is longer than a piece.
 */
export function* chunk(markdown: string): Generator<Chunk> {
  let place = "";
  let heading = "";
  let text = "";
  let start = 0;
  let at = 0;
  let row: Range | undefined;
  let columns: Range | undefined;
  let columnsAtStart: Range | undefined;
  let isWhole = true;
  for (const line of linesOf(markdown)) {
    if (isWhole && !line.startsWith("|")) columns = row = undefined;
    const [, kind, number] = marker.exec(line.trimEnd()) ?? [];
    const isHeading = /^#{1,6} /.test(line);
    const isEnough = text.length + line.length > usualLength || (text.length > usualLength / 2 && line.trim() === "");
    if (kind !== undefined || isHeading || isEnough) {
      yield* finish();
      start = at;
      columnsAtStart = columns;
    }
    if (isHeading) heading = line.replace(/^#+ /, "").trim();
    const length = Buffer.byteLength(line);
    if (row && ruler.test(line.trimEnd())) columns = toColumns(row, length);
    if (isWhole) row = line.startsWith("|") ? { start: at, length } : undefined;
    isWhole = line.endsWith("\n");
    at += length;
    if (kind === undefined) text += line;
    else {
      place = `${kind.toLowerCase()} ${number}`;
      start = at;
    }
  }
  yield* finish();

  function* finish(): Generator<Chunk> {
    if (text.trim() !== "") yield { start, length: at - start, place, heading, text, columns: columnsAtStart };
    text = "";
  }
}

function toColumns({ start, length }: Range, rulerLength: number): Range | undefined {
  return length + rulerLength > maxColumnsLength ? undefined : { start, length: length + rulerLength };
}

/** With their ends; a line longer than a piece in several, no character cut. */
function* linesOf(text: string): Generator<string> {
  for (let from = 0; from < text.length;) {
    const newline = text.indexOf("\n", from);
    const end = newline === -1 ? text.length : newline + 1;
    if (end - from <= usualLength) {
      yield text.slice(from, end);
      from = end;
      continue;
    }
    const space = text.slice(from, from + usualLength).lastIndexOf(" ");
    let cut = from + Math.max(space, usualLength / 2) + 1;
    if (isLowSurrogate(text.charCodeAt(cut))) cut++;
    yield text.slice(from, cut);
    from = cut;
  }
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
