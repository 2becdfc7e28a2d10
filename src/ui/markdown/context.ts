import { createContext } from "react";
import type { Source } from "./sources.ts";
import type { Footnote } from "./footnotes.ts";
import type { Definitions } from "./lexer.ts";

/** What the parts of a text know of the whole. */
export interface TextContext {
  readonly definitions: Definitions;
  /** In the order in which they stand in the text. */
  readonly footnotes: readonly Footnote[];
  /** By the numbers that an answer cites them by. */
  readonly sources: Readonly<Record<string, Source>>;
  /** Before the ids of its elements. */
  readonly id: string;
}

export const TextContext = createContext<TextContext>({ definitions: {}, footnotes: [], sources: {}, id: "" });
