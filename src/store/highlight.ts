import { Database } from "bun:sqlite";
import { findWords, toIndexed, toMatch, toPlain, type Word } from "./full-text.ts";

/** Shows in a text what a search found in it. */
export interface Highlighter {
  /** A line of HTML: the part of the text that holds most of the terms, escaped, with `<mark>` around each of them. */
  toSnippet(text: string, terms: readonly string[], isOpen: boolean): string;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** How much of a text is shown, in characters, and how much of it stands before what was found. */
const shown = { length: 180, before: 50 };

/** Which words are one to the index, only the index knows: so the words of the text that may be meant are put into one. */
export function openHighlighter(): Highlighter {
  const database = new Database(":memory:", { strict: true });
  database.run(
    `CREATE VIRTUAL TABLE words USING fts5 (
       text, content = '', tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N* Co M*'")`,
  );
  const insert = database.query("INSERT INTO words (rowid, text) VALUES (?, ?)");
  const match = database.query<{ rowid: number }, [string]>("SELECT rowid FROM words WHERE words MATCH ?");
  const clear = database.query("INSERT INTO words (words) VALUES ('delete-all')");

  return {
    toSnippet(text, terms, isOpen) {
      const asked = terms.flatMap((term) => [...findWords(toPlain(term))]);
      const runs = asked.filter(({ letters }) => letters.length > 0).map((each) => each.letters);
      const words = asked.filter(({ letters }) => letters.length === 0).map((each) => each.text);
      const found = [...findWords(text)];
      const isMeant = findMeant(found, words, isOpen);
      const spans = found.flatMap((word) =>
        word.letters.length > 0
          ? findRuns(word, runs)
          : isMeant(word.text)
            ? [{ start: word.start, end: word.start + word.text.length }]
            : [],
      );
      return toHtml(text, merge(spans));
    },
  };

  function findMeant(found: readonly Word[], words: readonly string[], isOpen: boolean): (word: string) => boolean {
    // No stem begins otherwise than its word.
    const initials = new Set(words.map(initialOf));
    const candidates = [...new Set(found.map(({ text }) => text))].filter((word) => initials.has(initialOf(word)));
    clear.run();
    for (const [index, word] of candidates.entries()) insert.run(index + 1, toIndexed(word));
    const meant = new Set(match.all(toMatch(words, { of: "any", isOpen })).map(({ rowid }) => candidates[rowid - 1]));
    return (word) => meant.has(word);
  }
}

function initialOf(word: string): string {
  const code = word.charCodeAt(0);
  return code < 128 ? word.charAt(0).toLowerCase() : toPlain(word).normalize("NFD").charAt(0).toLowerCase();
}

/** Where one of the runs stands within this one. */
function findRuns({ letters, start }: Word, runs: readonly (readonly string[])[]): Span[] {
  if (runs.length === 0) return [];
  // Of a hundred thousand letters, few are different.
  const plainOf = new Map<string, string>();
  const starts = [start];
  /** Which letter stands at a place of the plain text; -1 within one. */
  const letterAt: number[] = [];
  let plain = "";
  for (const [index, letter] of letters.entries()) {
    starts.push((starts.at(-1) ?? start) + letter.length);
    const known = plainOf.get(letter) ?? toPlain(letter);
    plainOf.set(letter, known);
    plain += known;
    letterAt.push(index);
    while (letterAt.length < plain.length) letterAt.push(-1);
  }
  const spans: Span[] = [];
  for (const run of runs) {
    const sought = run.join("");
    for (let at = plain.indexOf(sought); at !== -1; at = plain.indexOf(sought, at + 1)) {
      const first = letterAt[at] ?? -1;
      if (first !== -1) spans.push({ start: starts[first] ?? start, end: starts[first + run.length] ?? start });
    }
  }
  return spans;
}

function merge(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && span.start <= last.end) merged[merged.length - 1] = { ...last, end: Math.max(last.end, span.end) };
    else merged.push(span);
  }
  return merged;
}

function toHtml(text: string, spans: readonly Span[]): string {
  const from = toBoundary(text, Math.max(0, toBest(text, spans) - shown.before));
  const to = toBoundary(text, Math.min(text.length, from + shown.length));
  let html = from > 0 ? "…" : "";
  let at = from;
  for (const { start, end } of spans) {
    if (start < from || end > to) continue;
    html += `${escape(text.slice(at, start))}<mark>${escape(text.slice(start, end))}</mark>`;
    at = end;
  }
  return html + escape(text.slice(at, to)) + (to < text.length ? "…" : "");
}

/** Where as many different words as anywhere are shown together. */
function toBest(text: string, spans: readonly Span[]): number {
  const words = spans.map(({ start, end }) => text.slice(start, end).toLowerCase());
  const within = new Map<string, number>();
  const add = (word = "", by: 1 | -1) => {
    const count = (within.get(word) ?? 0) + by;
    if (count === 0) within.delete(word);
    else within.set(word, count);
  };
  let best = { start: 0, count: 0 };
  let next = 0;
  for (const [first, { start }] of spans.entries()) {
    while ((spans[next]?.end ?? Infinity) <= start + shown.length - shown.before) add(words[next++], 1);
    if (within.size > best.count) best = { start, count: within.size };
    if (first < next) add(words[first], -1);
    else next = first + 1;
  }
  return best.start;
}

/** The beginning of the word that stands at a place, if it is near; never within a character. */
function toBoundary(text: string, at: number): number {
  if (at === 0 || at === text.length) return at;
  const space = text.slice(Math.max(0, at - 20), at).search(/\s\S*$/);
  if (space !== -1) return Math.max(0, at - 20) + space + 1;
  return /[\udc00-\udfff]/.test(text.charAt(at)) ? at - 1 : at;
}

function escape(text: string): string {
  return Bun.escapeHTML(text.replace(/\s+/g, " "));
}
