import { expect, test } from "bun:test";
import fc from "fast-check";
import { cutAll } from "../../src/search/gather.ts";
import { findWordEnds } from "../../src/search/words.ts";

const page = (text: string) => ({ url: "https://site.test/", title: "", text });

test.each([
  ["signs", "word " + "■ ".repeat(90_000)],
  ["emoji", "word " + "🎉".repeat(90_000)],
  ["empty lines", `word${"\n".repeat(190_000)}word`],
  ["one word", "a".repeat(200_000)],
  ["signs between letters", "学■".repeat(100_000)],
  ["signs beside each letter", `学${"■".repeat(399)} `.repeat(500)],
])("a page of %s is cut like any other", async (_, text) => {
  const [cut] = await cutAll([page(text)], 100);
  expect(cut?.text.length).toBeLessThan(100 * 200 + 1000);
});

test("whatever pages say, no more is left of them than so many words, each a part of what was there", async () => {
  const piece = fc.oneof(
    fc.constantFrom("```\n", "~~~\n", "> ", "\n\n", "。", "漢字", "ไทย", "👩‍🚀", "\ud83d", " ", "■■", "word", "Ünï."),
    fc.string({ unit: "binary", maxLength: 8 }),
  );
  const text = fc.array(piece, { maxLength: 200 }).map((pieces) => pieces.join(""));
  await fc.assert(
    fc.asyncProperty(fc.array(text, { maxLength: 4 }), fc.integer({ min: 1, max: 60 }), async (texts, most) => {
      const cut = await cutAll(texts.map(page), most);
      const counts = await Promise.all(
        cut.map(async ({ text }) => (await findWordEnds(text.replace(/(\n[`~]+)?\n\n\[…\]$/, ""), Infinity)).length),
      );
      expect(counts.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(most);
      expect(cut.every(({ text }) => text.replaceAll("\ufffd", "").isWellFormed() || texts.includes(text))).toBe(true);
    }),
    { numRuns: 300 },
  );
});
