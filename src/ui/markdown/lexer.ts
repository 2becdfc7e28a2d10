import { Lexer, Marked, type MarkedOptions, type MarkedToken, type Token, Tokenizer } from "marked";
import { type OwnToken, ownTokens } from "./own-tokens.ts";
import { maxDepth } from "./limits.ts";

export type { Token };

/** Of a token's name, what it holds. */
export type KnownToken = MarkedToken | OwnToken;

/** Where references lead that are defined elsewhere in the text. */
export type Definitions = Readonly<Record<string, { readonly href: string; readonly title: string }>>;

/** Characters that may be looked at in search of an end, for each block: where there is none, each beginning looks through all. */
const maxLooks = 2_000_000;

/** Of what a model writes no HTML is read: it stays text. What nests deeper than anybody reads stays text, too. */
class BoundedTokenizer extends Tokenizer {
  private depth = 0;
  private looks = 0;

  override html(): undefined {}
  override tag(): undefined {}

  override blockquote(src: string) {
    return this.within(src, () => super.blockquote(src));
  }
  override list(src: string) {
    return this.within(src, () => super.list(src));
  }
  override link(src: string) {
    return this.within(src, () => super.link(src));
  }
  override reflink(src: string, links: Parameters<Tokenizer["reflink"]>[1]) {
    return this.within(src, () => super.reflink(src, links));
  }
  override emStrong(src: string, masked: string, previous?: string) {
    return this.within(src, () => super.emStrong(src, masked, previous));
  }
  override del(src: string, masked: string, previous?: string) {
    return this.within(src, () => super.del(src, masked, previous));
  }
  override codespan(src: string) {
    return this.within(src, () => super.codespan(src));
  }

  private within<T>({ length }: string, read: () => T): T | undefined {
    this.looks += length;
    if (this.depth >= maxDepth || this.looks > maxLooks) return undefined;
    this.depth++;
    try {
      return read();
    } finally {
      this.depth--;
    }
  }
}

const { defaults } = new Marked({ gfm: true, extensions: ownTokens });

/** What a block is made of; `undefined` where it cannot be told. */
export function toTokens(text: string, definitions: Definitions): Token[] | undefined {
  const options: MarkedOptions = { ...defaults, tokenizer: new BoundedTokenizer() };
  const lexer = new Lexer(options);
  Object.assign(lexer.tokens.links, definitions);
  try {
    return lexer.lex(text);
  } catch {
    return undefined;
  }
}
