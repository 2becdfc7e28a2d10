export interface TokenCounter {
  add(text: string): void;
  readonly tokens: number;
}

/**
 * About how many tokens the texts together are: four characters of ASCII a token, two tokens for three others. A guess
 * that real tokenizers differ from, by scripts and models; used only where an upstream reports nothing, and then marked
 * as estimated.
 */
export function createTokenCounter(): TokenCounter {
  let ascii = 0;
  let others = 0;
  return {
    add(text) {
      // Of a document of 30 MB, one look at each character holds up everybody else for a tenth of a second.
      for (let from = 0; from < text.length; from += blockLength) {
        const block = text.slice(from, from + blockLength);
        if (block.length > shortLength && Buffer.byteLength(block) === block.length) ascii += block.length;
        else addEach(block);
      }
    },
    get tokens() {
      return Math.ceil(ascii / 4 + others / 1.5);
    },
  };

  function addEach(text: string): void {
    for (let i = 0; i < text.length; i++) {
      if (text.charCodeAt(i) < 128) ascii++;
      else others++;
    }
  }
}

/** About how many tokens one text is. */
export function countTokens(text: string): number {
  const counter = createTokenCounter();
  counter.add(text);
  return counter.tokens;
}

/** What is as many bytes of UTF-8 as characters is ASCII, which is found twenty times as fast; but not of a word. */
const blockLength = 4096;
const shortLength = 64;

/** One line of at most `length` characters, without control characters: for text from outside that people read. */
export function oneLine(text: string, length: number): string {
  return cutTo(text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ").trim(), length);
}

/** At most `length` characters of a text, the last of which says where there was more. */
export function cutTo(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`;
}

/**
 * A text that neither opens nor closes the tags of that name in which it is to stand: those alone are undone, so that code
 * and HTML stay as they are. Models are no strict readers: spaces, or what is not seen, do not help.
 */
export function withoutTag(text: string, name: string): string {
  return text.replace(new RegExp(`<(?=[\\s/\\p{Cf}]*${name})`, "giu"), "&lt;");
}

/** Whether a header can hold it as a key: letters, digits and signs of ASCII, without spaces. */
export function isHeaderKey(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}
