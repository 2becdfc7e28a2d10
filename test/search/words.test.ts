import { expect, test } from "bun:test";
import fc from "fast-check";
import { cutText, findWordEnds, share } from "../../src/search/words.ts";

const count = async (text: string, most = 1000) => (await findWordEnds(text, most)).length;

test.each([
  ["", 0],
  ["one", 1],
  ["Two words.", 2],
  ["it's well-known – really: 3.5 %", 4],
  ["| a | b |\n|---|---|\n* c", 3],
  ["```\nlet x = 1;\n```", 3],
  ["Он сказал: «да»", 3],
  ["안녕하세요 세계", 2],
  ["吾輩は猫である。", 5],
  ["我喜欢读书", 3],
  ["ฉันรักภาษาไทย", 4],
  ["mixed 日本語 text", 3],
])("%p has %i words", async (text, words) => {
  expect(await count(text)).toBe(words);
});

test("no more words are looked for than are wanted, and what has no spaces is no single word", async () => {
  expect(await count("a ".repeat(1e5), 10)).toBe(10);
  expect(await count("x".repeat(200_000), 1e6)).toBe(2000);
});

test("a share is no larger than what is needed, and all shares no larger than what there is", () => {
  expect(share(100, [10, 200, 300])).toEqual([10, 45, 45]);
  expect(share(100, [10, 20, 30])).toEqual([10, 20, 30]);
  expect(share(10, [])).toEqual([]);
  expect(share(2, [5, 5, 5])).toEqual([1, 1, 0]);
  fc.assert(
    fc.property(fc.nat(1000), fc.array(fc.nat(500)), (most, needs) => {
      const shares = share(most, needs);
      const sum = shares.reduce((a, b) => a + b, 0);
      expect(shares.every((each, index) => each >= 0 && each <= needs[index]!)).toBe(true);
      expect(sum).toBe(
        Math.min(
          most,
          needs.reduce((a, b) => a + b, 0),
        ),
      );
      // Nobody has much more than somebody who wanted more.
      const wanting = shares.filter((each, index) => each < needs[index]!);
      if (wanting.length > 0) expect(Math.max(...shares) - Math.min(...wanting)).toBeLessThanOrEqual(1);
    }),
  );
});

const cut = async (text: string, words: number) => cutText(text, (await findWordEnds(text, words)).at(-1) ?? 0);

test("a text is cut where a paragraph ends, or else a sentence, or else a word", async () => {
  expect(await cut("One two three four.\n\nFive six seven.", 5)).toBe("One two three four.\n\n[…]");
  expect(await cut("One two three. Four five six seven.", 4)).toBe("One two three.\n\n[…]");
  expect(await cut("吾輩は猫である。名前はまだ無い。", 6)).toBe("吾輩は猫である。\n\n[…]");
  expect(await cut("one two three four", 3)).toBe("one two three\n\n[…]");
  expect(await cut("One two three.", 3)).toBe("One two three.\n\n[…]");
});

test("a block of code that is cut ends with the fence that it began with", async () => {
  const code = "Text.\n\n````js\nlet a = 1;\nlet b = 2;\nlet c = 3;\n````\nmore";
  expect(await cut(code, 7)).toBe("Text.\n\n````js\nlet a = 1;\n````\n\n[…]");
  expect(await cut("Text.\n\n```\nwhole\n```\n\nand more words than there may be", 5)).toEndWith(
    "and more words\n\n[…]",
  );
  expect(await cut("Text\n\n~~~ js\nlet a\n```\nb c", 4)).toEndWith("\n~~~\n\n[…]");
});

test("whatever a text is, what is cut of it begins as it does, and is well-formed", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary" }), fc.nat(20), async (text, end) => {
      const kept = cutText(text, end);
      expect(kept.isWellFormed()).toBe(true);
      expect(kept).toEndWith("[…]");
      expect(text.toWellFormed()).toStartWith(kept.replace(/(\n(`{3,}|~{3,}))?\n\n\[…\]$/, ""));
    }),
  );
});
