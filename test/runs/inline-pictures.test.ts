import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { RunEvent } from "../../src/protocol/events.ts";
import { createPictureParser, type InlinePicture } from "../../src/runs/inline-pictures.ts";

/** What a text becomes: `[picture's description|its bytes]`, and the rest as it is. */
function read(pieces: readonly string[]): string {
  const parser = createPictureParser();
  const said: (RunEvent | InlinePicture)[] = [];
  for (const piece of pieces) parser.push(piece, said);
  parser.end(said);
  return said
    .map((each) => {
      if (each.type === "content") return each.content;
      if (each.type !== "inline_picture" || !("bytes" in each.medium.source)) throw new Error("nothing else is said");
      expect(each.text).toStartWith(`![${each.medium.alt ?? ""}](data:image/`);
      return `[${each.medium.alt ?? ""}|${Buffer.from(each.medium.source.bytes).toString()}]`;
    })
    .join("");
}

/** The address of a picture whose bytes are a word. */
const of = (word: string) => `data:image/png;base64,${Buffer.from(word).toString("base64")}`;

const cases: readonly (readonly [name: string, text: string, expected: string])[] = [
  ["no picture", "Hello! How are you? ![", "Hello! How are you? !["],
  ["one alone", `![a cat](${of("cat")})`, "[a cat|cat]"],
  ["between words", `Here: ![a cat](${of("cat")}) Nice!`, "Here: [a cat|cat] Nice!"],
  ["two of them", `![](${of("cat")})![b](${of("dog")})`, "[|cat][b|dog]"],
  ["brackets in its description", `![a [red] cat](${of("cat")})`, "[a [red] cat|cat]"],
  ["an open beginning before it", `wow ![a ![b](${of("cat")})`, "wow ![a [b|cat]"],
  ["exclamation marks before it", `wow!!![b](${of("cat")})`, "wow!![b|cat]"],
  ["a picture of the web", "![a](https://a.example/b.png)", "![a](https://a.example/b.png)"],
  ["a link", `[a](${of("cat")})`, `[a](${of("cat")})`],
  ["another type", "![a](data:image/svg+xml;base64,PHN2Zz4=)", "![a](data:image/svg+xml;base64,PHN2Zz4=)"],
  ["what never ends", `![a](${of("cat")}`, `![a](${of("cat")}`],
  ["what ends otherwise", `![a](${of("cat")} "title") ![b](${of("dog")})`, `![a](${of("cat")} "title") [b|dog]`],
  ["a description of two lines", `![a\nb](${of("cat")})`, `![a\nb](${of("cat")})`],
  ["in a code span", `\`![a](${of("cat")})\``, `\`![a](${of("cat")})\``],
  [
    "in a fence",
    `\`\`\`md\n![a](${of("cat")})\n\`\`\`\n![b](${of("dog")})`,
    `\`\`\`md\n![a](${of("cat")})\n\`\`\`\n[b|dog]`,
  ],
  ["a span that opens in what was no picture", `![\`](x) ![a](${of("cat")}) \``, `![\`](x) ![a](${of("cat")}) \``],
  ["a long description", `![${"a".repeat(2000)}](${of("cat")})`, `[${"a".repeat(2000)}|cat]`],
  ["a longer one", `![${"a".repeat(2001)}](${of("cat")})`, `![${"a".repeat(2001)}](${of("cat")})`],
];

describe("pictures in a text", () => {
  for (const [name, text, expected] of cases) {
    test(name, () => {
      expect(read([text])).toBe(expected);
      expect(read(text.split(""))).toBe(expected);
      for (let cut = 1; cut < Math.min(text.length, 300); cut++)
        expect(read([text.slice(0, cut), text.slice(cut)])).toBe(expected);
    });
  }

  test("are found wherever a text is cut", () => {
    const marks = ["!", "[", "]", "(", ")", "](", "![a](", "![", "`", "```", "\n", "\n\n", " ", "a"];
    const part = fc.constantFrom(...marks, of("cat"), `![b](${of("dog")})`, "data:image/", "png;base64,", "AAAA");
    const cutting = fc.array(fc.nat({ max: 200 }), { maxLength: 10 });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), cutting, (parts, cuts) => {
        const text = parts.join("");
        const sorted = [0, ...cuts.filter((cut) => cut < text.length), text.length].sort((a, b) => a - b);
        const pieces = sorted.slice(1).map((end, index) => text.slice(sorted[index], end));
        expect(read(pieces)).toBe(read([text]));
      }),
      { numRuns: 3000 },
    );
  });

  test("leave a text without any as it came, piece by piece", () => {
    const parser = createPictureParser();
    const said: (RunEvent | InlinePicture)[] = [];
    const pieces = ["Hello", ", ", "world", "\n", "1 < 2"];
    for (const piece of pieces) parser.push(piece, said);
    expect(said).toEqual(pieces.map((content) => ({ type: "content", content })));
  });

  test("that are too large stay text, all of it", () => {
    const megabyte = "A".repeat(1024 * 1024);
    const pieces = [`![a](data:image/png;base64,`, ...Array.from({ length: 70 }, () => megabyte), ") and more"];
    const text = read(pieces);
    expect(text.length).toBe(pieces.join("").length);
    expect(text).toEndWith("A) and more");
    expect(read(pieces.toSpliced(1, 60))).toStartWith("[a|");
  });
});
