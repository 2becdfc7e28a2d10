import type { Block } from "./blocks.ts";
import type { Definitions } from "./lexer.ts";

export interface Footnote {
  readonly id: string;
  readonly text: string;
}

const footnote = /^\[\^([^\]\s]{1,50})\]:[ \t]*/;
const definition =
  /^ {0,3}\[((?:\\.|[^\\[\]^]){1,200})\]:[ \t]*<?([^\s<>]{1,2000})>?(?:[ \t]+["'(](.{0,500})["')])?[ \t]*$/gm;

/** The notes of a text, which are shown at its end, and the blocks without them. */
export function splitFootnotes(blocks: readonly Block[]): {
  readonly body: readonly Block[];
  readonly footnotes: readonly Footnote[];
} {
  const footnotes: Footnote[] = [];
  const body = blocks.filter(({ kind, raw }) => {
    if (kind !== "markdown" || !footnote.test(raw)) return true;
    for (const each of raw.split(/^(?=\[\^[^\]\s]{1,50}\]:)/m)) {
      const [mark = "", id = ""] = footnote.exec(each) ?? [];
      footnotes.push({ id, text: each.slice(mark.length).replace(/^(?: {2,4}|\t)/gm, "") });
    }
    return false;
  });
  return { body, footnotes };
}

/** What references lead to, wherever in the text that is said. */
export function toDefinitions(blocks: readonly Block[]): Definitions {
  const found: Record<string, { href: string; title: string }> = Object.create(null);
  for (const { kind, raw } of blocks)
    if (kind === "markdown" && raw.includes("]:"))
      for (const [, label = "", href = "", title = ""] of raw.matchAll(definition))
        found[label.toLowerCase().replace(/\s+/g, " ")] ??= { href, title };
  return found;
}
