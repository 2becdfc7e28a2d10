/**
 * What full-text indices are fed and asked. An index that takes `toIndexed` and answers `toMatch` is made with
 * `tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N* Co M*'"`: inflections of English words are one
 * word, and the vowel signs of Indic scripts belong to theirs.
 */

/** Which rows a query finds. */
export interface Matching {
  /** Those that hold all terms, or any of them. */
  readonly of: "all" | "any";
  /** Whether the beginning of a word counts too, though less than the word. */
  readonly isOpen?: boolean;
}

/** Scripts without spaces between words, and Hangul, whose words are put together: people ask for any part of a run. */
const unspaced = ["Han", "Hira", "Kana", "Bopo", "Hang", "Yiii", "Thai", "Laoo", "Khmr", "Mymr", "Tibt"]
  .map((script) => `\\p{scx=${script}}`)
  .join("");
/** One letter of those, with its marks. */
const letter = `(?=[\\p{L}\\p{N}])[${unspaced}]\\p{M}*`;
const letters = new RegExp(letter, "gu");
const words = new RegExp(`(?:${letter})+|(?:(?!${letter})[\\p{L}\\p{N}\\p{Co}\\p{M}])+`, "gu");
/** Vowel points, and the stroke that widens a word: Hebrew and Arabic are written with and without. */
const points = /(?=[\p{scx=Arab}\p{scx=Hebr}])\p{M}|\u0640/gu;

/** A text as it is indexed: each letter of a script without spaces is a word, so that a phrase finds any part of a run. */
export function toIndexed(text: string): string {
  return toPlain(text).replace(letters, " $& ");
}

/** FTS5's query for terms, each of which may be any text: it is matched as a phrase. Without a word in them, for nothing. */
export function toMatch(terms: readonly string[], { of, isOpen = false }: Matching): string {
  const phrases = terms
    .map(toIndexed)
    .filter((term) => term.match(words))
    .map((term) => toPhrase(term, isOpen));
  return phrases.length === 0 ? '""' : phrases.join(of === "all" ? " AND " : " OR ");
}

/** The terms of a question in prose: its words, and of runs without spaces every two letters that stand together. */
export function toTerms(text: string): string[] {
  const terms = (toPlain(text).match(words) ?? []).flatMap((word) => {
    const run = word.match(letters) ?? [];
    return run.length < 3 ? [word] : run.slice(1).map((each, index) => `${run[index]}${each}`);
  });
  return [...new Set(terms.map((term) => term.toLowerCase()))];
}

/** A word of a text, or a run of letters of scripts without spaces, as it stands there. */
export interface Word {
  readonly text: string;
  readonly start: number;
  /** Of a run: each letter with its marks. */
  readonly letters: readonly string[];
}

export function* findWords(text: string): Generator<Word> {
  for (const { 0: word, index } of text.matchAll(words))
    yield { text: word, start: index, letters: word.match(letters) ?? [] };
}

/** One spelling for each character: wide, joined and composed ones are what they stand for. */
export function toPlain(text: string): string {
  return text.toWellFormed().replaceAll("\0", " ").normalize("NFKC").replace(points, "");
}

/** Shorter beginnings than this are those of too many words. */
const shortestBeginning = 3;

/** Quoted, it is words and no operators. */
function toPhrase(term: string, isOpen: boolean): string {
  const phrase = `"${term.replaceAll('"', '""')}"`;
  const last = term.match(words)?.at(-1) ?? "";
  return isOpen && last.length >= shortestBeginning && !last.match(letters)
    ? `(${phrase} OR ${phrase} *)`
    : `(${phrase})`;
}
