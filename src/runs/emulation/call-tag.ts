import { closeTag, createStringTracker, openTag } from "./call-text.ts";

/** Looks for what ends a tag: its closing tag, or the next opening one where that is missing. */
export interface TagScanner {
  /** The tag that this character completes. */
  read(character: string): string | undefined;
  /** The beginning of a tag at the end of what was read. */
  readonly tail: string;
  /** Whether a tag was passed over because it stands in a string of JSON. */
  readonly hasHidden: boolean;
}

/**
 * A tag in a string of JSON is a part of that string, such as a file that a call writes, unless quotes are not to be
 * trusted: `isPlain`.
 */
export function createTagScanner(isPlain: boolean): TagScanner {
  const isInString = isPlain ? () => false : createStringTracker();
  let tail = "";
  let hasHidden = false;

  return {
    read(character) {
      const isHidden = isInString(character);
      if (tail === "" && character !== "<") return undefined;
      tail += character;
      if (!openTag.startsWith(tail) && !closeTag.startsWith(tail)) tail = character === "<" ? "<" : "";
      if (tail !== openTag && tail !== closeTag) return undefined;
      const tag = tail;
      tail = "";
      hasHidden ||= isHidden;
      return isHidden ? undefined : tag;
    },
    get tail() {
      return tail;
    },
    get hasHidden() {
      return hasHidden;
    },
  };
}
