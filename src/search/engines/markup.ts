import { Parser } from "htmlparser2";

/** Without its tags, its entities resolved: `<strong>AT&amp;T</strong>` is `AT&T`. */
export function toPlainText(markup: string): string {
  let text = "";
  // A parser that calls back rather than Bun's HTMLRewriter, which leaves entities as they stand.
  const parser = new Parser({ ontext: (piece) => (text += piece) });
  parser.end(markup.slice(0, maxMarkupLength));
  return text;
}

/** Arbitrary: what engines say of one page. */
const maxMarkupLength = 4000;
