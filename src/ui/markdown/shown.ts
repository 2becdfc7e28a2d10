import { type Block, toBlocks } from "./blocks.ts";
import { limits } from "./limits.ts";

/** What is shown of a text so far, and how many characters are left. */
export interface Shown {
  readonly blocks: readonly Block[];
  readonly left: number;
}

/** A box of code has buttons, and takes as long to be made as so many paragraphs. */
const codeWeight = 5;

/** Each page is as much as can be made at once, by characters and by blocks. */
export function toShown(text: string, pages: number): Shown {
  const cut = cutText(text, pages * limits.text);
  const blocks = toBlocks(cut);
  let weight = pages * limits.blocks;
  const end = blocks.findIndex(({ kind }) => (weight -= kind === "code" ? codeWeight : 1) < 0);
  if (end === -1) return { blocks, left: text.length - cut.length };
  const shown = blocks.slice(0, end);
  return { blocks: shown, left: text.length - shown.reduce((sum, { raw }) => sum + raw.length, 0) };
}

/** At the end of a line where there is one. */
function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const line = text.lastIndexOf("\n", limit);
  return text.slice(0, line > limit / 2 ? line + 1 : limit);
}
