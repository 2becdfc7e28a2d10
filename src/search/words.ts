import { createBreather } from "../lib/breather.ts";
import { lazily } from "../lib/lazily.ts";

/**
 * Where each of the first `most` words of a text ends. Of scripts that write no spaces between words these are a
 * dictionary's. What is no word, or longer than any, counts by its length: else a page of signs, or of one word, would be
 * as long as it likes. A long text takes long: there is time for others in between, as `breathe` says.
 */
export async function findWordEnds(text: string, most: number, breathe = createBreather()): Promise<number[]> {
  const ends: number[] = [];
  let signs = 0;
  let last = 0;
  for (const { 0: run, index } of text.matchAll(runs)) {
    const others = breathe();
    if (others) await others;
    if (ends.length >= most) break;
    const end = index + run.length;
    signs += Math.max(0, index - last - 1);
    last = end;
    if (unspaced.test(run)) {
      for (const { segment, index: within, isWordLike } of segmenter().segment(run)) {
        if (isWordLike) ends.push(index + within + segment.length);
        else signs += segment.length;
      }
    } else if (letter.test(run)) {
      for (let part = index + longest; part < end; part += longest) ends.push(part);
      ends.push(end);
    } else signs += run.length;
    for (; signs >= longest; signs -= longest) ends.push(end);
  }
  return ends.slice(0, most);
}

/** Arbitrary, in characters: no word is as long, and most addresses are not. */
const longest = 100;
/** As much as is looked at in one step. */
const runs = /\S{1,400}/gu;
const letter = /[\p{L}\p{N}]/u;
const unspaced = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]/u;
const segmenter = lazily(() => new Intl.Segmenter(undefined, { granularity: "word" }));

/** `most`, in equal shares: what those that need less leave goes to the others. */
export function share(most: number, needs: readonly number[]): number[] {
  const shares: number[] = needs.map(() => 0);
  let left = most;
  const order = [...needs.entries()].toSorted(([, a], [, b]) => a - b);
  for (const [at, [index, need]] of order.entries()) {
    const own = Math.min(need, Math.ceil(left / (order.length - at)));
    shares[index] = own;
    left -= own;
  }
  return shares;
}

/** How much of what may stay is given up so that it ends well; arbitrary. */
const givenUp = 0.3;

/** A text as far as its first so many words go, which end at `ends`: whole where there are no more. */
export function cutToWords(text: string, ends: readonly number[], words: number): string {
  return ends.length <= words ? text : cutText(text, ends[words - 1] ?? 0);
}

/** The beginning of a text, up to `end`, or to where a paragraph, a sentence or a line ends before. */
export function cutText(text: string, end: number): string {
  const whole = text
    .slice(0, end)
    .replace(/[\ud800-\udbff]$/, "")
    .toWellFormed();
  const from = Math.floor(whole.length * (1 - givenUp));
  const paragraph = whole.lastIndexOf("\n\n");
  // Of a long text the last sentence that ends is near, so no more is looked at.
  const sentences = [...whole.slice(from).matchAll(/[.!?…]["'”’)\]]?(?=\s|$)|[。！？।؟]/g)];
  const sentence = sentences.at(-1);
  const line = whole.lastIndexOf("\n");
  const cut =
    paragraph >= from
      ? paragraph
      : sentence
        ? from + sentence.index + sentence[0].length
        : line >= from
          ? line
          : whole.length;
  const kept = whole.slice(0, cut).trimEnd();
  const fence = openFence(kept);
  return `${kept}${fence === undefined ? "" : `\n${fence}`}\n\n[…]`;
}

/** The fence that a block of code within it began with, and that did not end. */
function openFence(text: string): string | undefined {
  let open: string | undefined;
  for (const [, fence = "", rest = ""] of text.matchAll(/^[ \t>]*(`{3,}|~{3,})(.*)$/gm)) {
    if (open === undefined) open = fence;
    else if (fence.startsWith(open) && rest.trim() === "") open = undefined;
  }
  return open;
}
