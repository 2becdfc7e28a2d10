import { Unconvertible } from "../unconvertible.ts";
import { toTypography, writeLines } from "./pdf/layout.ts";
import { toLines, type Line } from "./pdf/lines.ts";
import { orderLines } from "./pdf/order.ts";
import { openPdf, type Pdf, type PdfPage } from "./pdf/pdfium.ts";
import { dropRepeated } from "./pdf/running-heads.ts";
import { marksOf, writeTagged } from "./pdf/tagged.ts";

/**
 * Page by page, each after a line `<!-- Page 3 -->`, by which answers cite it. What a page is, it says itself if it is
 * tagged; else its type and its gaps tell.
 *
 * @throws {Unconvertible} where it is encrypted, damaged, or has no text
 */
export async function convertPdf(bytes: Uint8Array): Promise<string> {
  using pdf = await openPdf(bytes);
  const drafts = readDrafts(pdf);
  if (drafts.length === 0) throw new Unconvertible("none of its pages can be read; open it and save it anew");
  if (drafts.every(({ above, tagged, below }) => above.length + tagged.length + below.length === 0)) throw textless();
  const above = dropRepeated(drafts.map((draft) => draft.above));
  const below = dropRepeated(drafts.map((draft) => draft.below));
  const typography = toTypography([...above, ...below]);
  const pages = drafts.map(({ number, tagged }, index) => [
    `<!-- Page ${number} -->`,
    ...writeLines(above[index] ?? [], typography),
    ...tagged,
    ...writeLines(below[index] ?? [], typography),
  ]);
  return pages.flat().join("\n\n");
}

/** A page before it is known what all of them have in common. */
interface Draft {
  readonly number: number;
  /** What its tags say; all else stands above it or below it. A page without tags is all above. */
  readonly tagged: readonly string[];
  readonly above: readonly Line[];
  readonly below: readonly Line[];
}

/** A document that says it has millions of pages may have none of them. */
const maxUnreadable = 50;

function readDrafts(pdf: Pdf): readonly Draft[] {
  const drafts: Draft[] = [];
  let unreadable = 0;
  for (let index = 0; index < pdf.pageCount && unreadable < maxUnreadable; index++) {
    const page = pdf.readPage(index);
    if (page) drafts.push(toDraft(page, index + 1));
    else unreadable++;
  }
  return drafts;
}

function toDraft({ chars, tree }: PdfPage, number: number): Draft {
  const marks = new Set(tree.flatMap((element) => marksOf(element)));
  const others = chars.filter(({ mark }) => !marks.has(mark));
  // Tags that leave out half of a page were not made with care.
  if (others.length > chars.length / 2) return { number, tagged: [], above: orderLines(toLines(chars)), below: [] };
  const inTree = chars.filter(({ mark }) => marks.has(mark));
  const top = inTree.reduce((highest, { baseline }) => Math.max(highest, baseline), -Infinity);
  const lines = orderLines(toLines(others));
  return {
    number,
    tagged: writeTagged(tree, inTree),
    above: lines.filter(({ baseline }) => baseline > top),
    below: lines.filter(({ baseline }) => baseline <= top),
  };
}

function textless(): Unconvertible {
  return new Unconvertible(
    "it has no text: its pages are pictures or empty; have their text recognised (OCR) and upload that",
  );
}
