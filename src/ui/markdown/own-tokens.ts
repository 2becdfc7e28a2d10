import type { TokenizerAndRendererExtension } from "marked";
import { type MediaMarkup, parseMedia } from "./media-markup.ts";
import { limits } from "./limits.ts";

/** What answers hold beside Markdown. */
export type OwnToken =
  | { readonly type: "formula"; readonly raw: string; readonly text: string; readonly isDisplay: boolean }
  | { readonly type: "media"; readonly raw: string; readonly media: MediaMarkup }
  | { readonly type: "citation"; readonly raw: string; readonly number: string }
  | { readonly type: "footnote"; readonly raw: string; readonly id: string };

type Extension = TokenizerAndRendererExtension;

const most = limits.formula;
const forms: readonly (readonly [RegExp, boolean])[] = [
  [new RegExp(`^\\$\\$([^$]{1,${most}})\\$\\$`), true],
  [new RegExp(`^\\\\\\[((?=[^\\]\\n]*[\\\\^_={])[^\\n]{1,${most}}?)\\\\\\]`), true],
  [new RegExp(`^\\\\\\(([^\\n]{1,${most}}?)\\\\\\)`), false],
  // Money: neither a space within its ends nor a digit behind it.
  [
    /^\$(?![\s\d][^$]*\s\$)((?:[^\s$\\]|\\[^\n])(?:(?:[^$\\\n]|\\[^\n]){0,500}(?:[^\s$\\]|\\[^\n]))?)\$(?![\d\w$])/,
    false,
  ],
];

/** `$5 for a` and the like are prices between two signs, and no formula. */
const price = /^\d[\d.,]*(?:\s+[A-Za-z]{2,}|\s*[-–]\s*$)/;

const formula: Extension = {
  name: "formula",
  level: "inline",
  start: (text) => firstOf(text, /\$|\\[[(]/),
  tokenizer(text): OwnToken | undefined {
    for (const [form, isDisplay] of forms) {
      const found = form.exec(text);
      if (found && !price.test(found[1] ?? ""))
        return { type: "formula", raw: found[0], text: (found[1] ?? "").trim(), isDisplay };
    }
    return undefined;
  },
};

const media: Extension = {
  name: "media",
  level: "inline",
  start: (text) => firstOf(text, /<(?:a href="|video src="|audio controls)/),
  tokenizer(text): OwnToken | undefined {
    const found = parseMedia(text);
    return found && { type: "media", raw: found.raw, media: found };
  },
};

const citation: Extension = {
  name: "citation",
  level: "inline",
  start: (text) => firstOf(text, /\[{1,2}\d{1,6}\]/),
  tokenizer(text): OwnToken | undefined {
    const [raw, double, single] = /^(?:\[\[(\d{1,6})\]\]|\[(\d{1,6})\])(?![[(:\]])/.exec(text) ?? [];
    return raw === undefined ? undefined : { type: "citation", raw, number: double ?? single ?? "" };
  },
};

const footnote: Extension = {
  name: "footnote",
  level: "inline",
  start: (text) => firstOf(text, /\[\^/),
  tokenizer(text): OwnToken | undefined {
    const [raw, id] = /^\[\^([^\]\s]{1,50})\]/.exec(text) ?? [];
    return raw === undefined || id === undefined ? undefined : { type: "footnote", raw, id };
  },
};

export const ownTokens: Extension[] = [formula, media, citation, footnote];

function firstOf(text: string, sign: RegExp): number | undefined {
  const at = text.search(sign);
  return at === -1 ? undefined : at;
}
