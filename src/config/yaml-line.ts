/** Where in a file something stands, for people: Bun's parser tells no lines. Counted from 1. */

/**
 * The line of what a path of keys and positions leads to, or of the nearest thing around it that has a line of its own;
 * `undefined` where not even its first step has one.
 */
export function lineOf(text: string, path: readonly (string | number)[]): number | undefined {
  const lines = text.split(/\r?\n/);
  let from = 0;
  let to = lines.length;
  let found: number | undefined;
  for (const step of path) {
    const level = levelOf(lines.slice(from, to));
    const at = typeof step === "number" ? itemAt(lines, from, to, level, step) : keyAt(lines, from, to, level, step);
    if (at === undefined) return found;
    found = at + 1;
    const end = lines.findIndex((line, index) => index > at && index < to && isBeside(line, level, typeof step));
    to = end === -1 ? to : end;
    // What stands behind a dash is a block of its own; what stands behind a colon has no line of its own.
    if (typeof step === "number") lines[at] = (lines[at] ?? "").replace("-", " ");
    from = typeof step === "number" ? at : at + 1;
  }
  return found;
}

/** Names that stand at the outermost level once more, where they do: the parser takes the last, and says nothing. */
export function repeatedKeys(text: string): { readonly name: string; readonly line: number }[] {
  const seen = new Set<string>();
  return text.split(/\r?\n/).flatMap((line, index) => {
    const name = /^(["']?)(\w+)\1\s*:(?:\s|$)/.exec(line)?.[2];
    if (name === undefined) return [];
    const isNew = !seen.has(name);
    seen.add(name);
    return isNew ? [] : [{ name, line: index + 1 }];
  });
}

/** The first line from which on nothing can be read: what is wrong stands there, or begins there. */
export function brokenLine(text: string): number {
  const lines = text.split(/\r?\n/);
  const isGood = (count: number) => {
    try {
      Bun.YAML.parse(lines.slice(0, count).join("\n"));
      return true;
    } catch {
      return false;
    }
  };
  let count = lines.length;
  while (count > 0 && !isGood(count - 1)) count -= 1;
  return Math.max(1, count);
}

const isEmpty = (line: string) => /^\s*(#|$|---)/.test(line);
const indentOf = (line: string) => line.length - line.trimStart().length;
const isItem = (line: string) => /^\s*-(\s|$)/.test(line);

function levelOf(lines: readonly string[]): number {
  return Math.min(...lines.filter((line) => !isEmpty(line)).map(indentOf));
}

function keyAt(lines: readonly string[], from: number, to: number, level: number, key: string): number | undefined {
  const pattern = new RegExp(`^\\s*["']?${RegExp.escape(key)}["']?\\s*:`);
  return indexWithin(lines, from, to, (line) => indentOf(line) === level && pattern.test(line));
}

function itemAt(lines: readonly string[], from: number, to: number, level: number, place: number): number | undefined {
  let count = 0;
  return indexWithin(lines, from, to, (line) => indentOf(line) === level && isItem(line) && count++ === place);
}

function indexWithin(lines: readonly string[], from: number, to: number, is: (line: string) => boolean) {
  const index = lines.findIndex((line, at) => at >= from && at < to && is(line));
  return index === -1 ? undefined : index;
}

/** Whether a line ends the block before it. The items of a list may be indented no further than their key. */
function isBeside(line: string, level: number, step: string): boolean {
  if (isEmpty(line) || indentOf(line) > level) return false;
  return indentOf(line) < level || step === "number" || !isItem(line);
}
