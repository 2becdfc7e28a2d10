import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { chunk } from "../../src/files/chunk.ts";

describe("a document's pieces", () => {
  test("hold all of its text, in order, and say where it lies in bytes", () => {
    const line = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 200 }),
      fc.constant("# Heading"),
      fc.constant("<!-- Page 7 -->"),
      fc.constant("\n\n"),
      fc.string({ unit: "binary", minLength: 1600, maxLength: 5000 }),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const text = lines.join("\n").toWellFormed();
        const bytes = Buffer.from(text);
        const pieces = [...chunk(text)];
        let at = 0;
        for (const { start, length, text } of pieces) {
          expect(bytes.subarray(start, start + length).toString()).toBe(text);
          expect(text.length).toBeLessThan(3_100);
          // What lies between is nothing but blanks and marks of pages.
          expect(bytes.subarray(at, start).toString().replaceAll("<!-- Page 7 -->", "").trim()).toBe("");
          at = start + length;
        }
        expect(bytes.subarray(at).toString().replaceAll("<!-- Page 7 -->", "").trim()).toBe("");
      }),
    );
  });

  test("begin at pages and headings, and know both", () => {
    const text = "<!-- Page 1 -->\nfirst\n\n## Costs\n\nten\n<!-- Page 2 -->\ntwenty\n";
    expect([...chunk(text)].map(({ place, heading, text }) => [place, heading, text.trim()])).toEqual([
      ["page 1", "", "first"],
      ["page 1", "Costs", "## Costs\n\nten"],
      ["page 2", "Costs", "twenty"],
    ]);
  });

  test("within a table know where the names of its columns lie", () => {
    const rows = Array.from({ length: 100 }, (_, n) => `| ${n} | ${"x".repeat(n === 50 ? 4_000 : 60)} |\n`).join("");
    const text = `Stock\n\n| Nr | Name |\n| --- | --- |\n${rows}\nThe end.\n\n| a |\n| --- |\n| b |\n`;
    const [first, ...others] = [...chunk(text)];
    expect(first?.columns).toBeUndefined();
    const within = others.filter(({ text }) => !text.startsWith("\n"));
    expect(within.length).toBeGreaterThan(5);
    for (const { columns } of within.filter(({ text }) => /\d+ \||xxx/.test(text)))
      expect(text.slice(columns?.start, columns && columns.start + columns.length)).toBe(
        "| Nr | Name |\n| --- | --- |\n",
      );
  });

  test("are found in a line of megabytes in a moment", () => {
    expect([...chunk("x".repeat(4_000_000))].length).toBeGreaterThan(1_000);
  });
});
