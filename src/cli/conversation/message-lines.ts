/** What was typed as one. */
export interface Typed {
  readonly text: string;
  /** Whether it may be a command: one line, typed as it is. */
  readonly isLine: boolean;
}

/** Makes messages of the lines that are typed: most are one, and some go on. */
export interface MessageLines {
  /** The message, once it is whole. */
  add(line: string, isPasted: boolean): Typed | undefined;
  /** Whether a message has begun and goes on. */
  readonly isOpen: boolean;
  clear(): void;
}

const fence = '"""';

/** A line that ends in `\` goes on with the next; from `"""` all do, up to the next `"""`; and what is pasted, to its end. */
export function createMessageLines(): MessageLines {
  let lines: string[] = [];
  let isFenced = false;

  return {
    add(line, isPasted) {
      if (isPasted) return goOn(line);
      if (isFenced) {
        if (!line.trimEnd().endsWith(fence)) return goOn(line);
        return end(line.trimEnd().slice(0, -fence.length));
      }
      if (lines.length === 0 && line.startsWith(fence)) {
        const first = line.slice(fence.length);
        if (first.trimEnd().endsWith(fence)) return end(first.trimEnd().slice(0, -fence.length), false);
        isFenced = true;
        return goOn(first);
      }
      return line.endsWith("\\") ? goOn(line.slice(0, -1)) : end(line, lines.length === 0);
    },
    get isOpen() {
      return lines.length > 0;
    },
    clear,
  };

  function goOn(line: string): undefined {
    lines.push(line);
  }

  function end(line: string, isLine = false): Typed {
    const text = [...lines, line].join("\n").trim();
    clear();
    return { text, isLine };
  }

  function clear(): void {
    lines = [];
    isFenced = false;
  }
}
