/** How much is made of a text at once, so that nothing that a model writes stops the page. All arbitrary, in characters. */
export const limits = {
  /** Of a text; the rest comes with `Show more`. */
  text: 100_000,
  /** Of a text, in blocks. */
  blocks: 1_000,
  /** One paragraph, list or quote: a longer one is shown as it was written. */
  block: 12_000,
  /** Code, before `Show more`. */
  code: 50_000,
  /** Code that is coloured: more would hold up the page. */
  coloured: 8_000,
  /** Of one line of such code: longer ones are no people's. */
  colouredLine: 1_000,
  /** The same, while it is written: at each line anew. */
  colouredWriting: 4_000,
  formula: 2_000,
  /** What is no Markdown, before `Show more`. */
  plain: 10_000,
} as const;

/** Rows of a table at once, and columns beyond which it is none. */
export const tableLimits = { rows: 200, columns: 60 } as const;

/** Quotes in quotes, lists in lists, emphasis in emphasis. */
export const maxDepth = 16;
