export interface FencedBlock {
  /** The first word behind its fence, in lower case; it may be empty. */
  readonly language: string;
  /** Without the end of its last line. */
  readonly content: string;
}

/** The blocks of code between fences in a Markdown text (CommonMark 0.31 §4.5); one that is not closed goes to the end. */
export function* fencedBlocks(text: string): Generator<FencedBlock> {
  let open: { readonly fence: Fence; readonly lines: string[] } | undefined;
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (!open) {
      const fence = toFence(line);
      if (fence) open = { fence, lines: [] };
    } else if (closes(line, open.fence)) {
      yield toBlock(open.fence, open.lines);
      open = undefined;
    } else {
      open.lines.push(line);
    }
  }
  if (open) yield toBlock(open.fence, open.lines);
}

interface Fence {
  readonly indent: number;
  /** `` ` `` or `~`. */
  readonly mark: string;
  readonly length: number;
  readonly language: string;
}

function toFence(line: string): Fence | undefined {
  const [, indent = "", marks, info = ""] = /^( {0,3})(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
  // Backticks behind backticks are a span of code.
  if (marks === undefined || (marks.startsWith("`") && info.includes("`"))) return undefined;
  const [language = ""] = info.trim().split(/\s/, 1);
  return { indent: indent.length, mark: marks.charAt(0), length: marks.length, language: language.toLowerCase() };
}

function closes(line: string, { mark, length }: Fence): boolean {
  const marks = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line)?.[1] ?? "";
  return marks.startsWith(mark) && marks.length >= length;
}

/** Its lines lose as much as the fence is indented. */
function toBlock({ indent, language }: Fence, lines: readonly string[]): FencedBlock {
  const spaces = new RegExp(`^ {0,${indent}}`);
  return { language, content: lines.map((line) => line.replace(spaces, "")).join("\n") };
}
