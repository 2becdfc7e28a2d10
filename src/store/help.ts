import { Database } from "bun:sqlite";

/** A section of the help: what stands under one heading. */
export interface HelpSection {
  /** Where it stands: `Providers › OpenAI`. */
  readonly title: string;
  /** Further words that people use for it; they count as its title does, and are not shown. */
  readonly words: string;
  readonly text: string;
}

export interface HelpMatch extends HelpSection {
  /** Which part of the words it holds, 0 to 1. */
  readonly coverage: number;
  /** Whether one of the words stands in its title or among its further words. */
  readonly isTitled: boolean;
}

export interface HelpIndex extends Disposable {
  /** The sections that hold some of the words, best first by BM25. Any text is a word; inflections are one. */
  search(words: readonly string[], limit: number): HelpMatch[];
}

interface Row extends HelpSection {
  readonly rowid: number;
}

/** A full-text index over the help, in memory: it is small, and rebuilding it costs less than keeping it right. */
export function openHelpIndex(sections: readonly HelpSection[]): HelpIndex {
  const database = new Database(":memory:", { strict: true });
  database.run("CREATE VIRTUAL TABLE help USING fts5 (title, words, text, tokenize = 'porter unicode61')");
  const insert = database.query("INSERT INTO help (title, words, text) VALUES ($title, $words, $text)");
  for (const { title, words, text } of sections) insert.run({ title, words, text });
  // A word in a title says more than one in a text.
  const best = database.query<Row, [string, number]>(
    "SELECT rowid, title, words, text FROM help WHERE help MATCH ? ORDER BY bm25(help, 4.0, 4.0, 1.0) LIMIT ?",
  );
  const holding = database.query<{ rowid: number }, [string]>("SELECT rowid FROM help WHERE help MATCH ?");
  const rowsHolding = (query: string) => new Set(holding.all(query).map(({ rowid }) => rowid));

  return {
    search(words, limit) {
      if (words.length === 0) return [];
      // Quoted, a word is a word and no operator; NUL would end the query.
      const terms = words.map((word) => `"${word.replaceAll("\0", "").replaceAll('"', '""')}"`);
      const byTerm = terms.map(rowsHolding);
      const titled = rowsHolding(`{title words} : (${terms.join(" OR ")})`);
      return best.all(terms.join(" OR "), limit).map(({ rowid, ...section }) => ({
        ...section,
        coverage: byTerm.filter((rows) => rows.has(rowid)).length / terms.length,
        isTitled: titled.has(rowid),
      }));
    },
    [Symbol.dispose]: () => database.close(),
  };
}
