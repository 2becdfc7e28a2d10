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
}

/** Some paragraphs, a few hundred tokens; arbitrary, in characters. */
const usualLength = 1_500;

/** Converters put it alone on a line where a page begins. */
const marker = /^<!-- (Page|Slide) (\d+) -->$/;

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
  for (const line of linesOf(markdown)) {
    const [, kind, number] = marker.exec(line.trimEnd()) ?? [];
    const isHeading = /^#{1,6} /.test(line);
    const isEnough = text.length + line.length > usualLength || (text.length > usualLength / 2 && line.trim() === "");
    if (kind !== undefined || isHeading || isEnough) {
      yield* finish();
      start = at;
    }
    if (isHeading) heading = line.replace(/^#+ /, "").trim();
    at += Buffer.byteLength(line);
    if (kind === undefined) text += line;
    else {
      place = `${kind.toLowerCase()} ${number}`;
      start = at;
    }
  }
  yield* finish();

  function* finish(): Generator<Chunk> {
    if (text.trim() !== "") yield { start, length: at - start, place, heading, text };
    text = "";
  }
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
