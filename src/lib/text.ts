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
      for (let i = 0; i < text.length; i++) {
        if (text.charCodeAt(i) < 128) ascii++;
        else others++;
      }
    },
    get tokens() {
      return Math.ceil(ascii / 4 + others / 1.5);
    },
  };
}

/** One line of at most `length` characters, without control characters: for text from outside that people read. */
export function oneLine(text: string, length: number): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  return line.length <= length ? line : `${line.slice(0, length - 1).toWellFormed()}…`;
}

/** Whether a header can hold it as a key: letters, digits and signs of ASCII, without spaces. */
export function isHeaderKey(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}
