import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { convertPdf } from "../../../src/files/formats/pdf.ts";

const folder = join(import.meta.dir, "../../fixtures/documents/pdf");
const convert = async (name: string) => convertPdf(await Bun.file(join(folder, name)).bytes());

/** A document of one page, whose content is given as it stands. */
function writePdf(content: string | Uint8Array, { filter = "", pages = "/Kids[3 0 R]/Count 1" } = {}): Uint8Array {
  const stream = Buffer.from(content as string);
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>",
    `<</Type/Pages${pages}>>`,
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
    Buffer.concat([Buffer.from(`<<${filter}/Length ${stream.length}>>stream\n`), stream, Buffer.from("\nendstream")]),
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
  ].map((object, index) =>
    Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), Buffer.from(object as string), Buffer.from("\nendobj\n")]),
  );
  return Buffer.concat([Buffer.from("%PDF-1.7\n"), ...objects, Buffer.from("trailer <</Size 6/Root 1 0 R>>\n%%EOF")]);
}

/** Lines of text, each at its place. */
function atPlaces(lines: readonly (readonly [x: number, y: number, text: string, size?: number])[]): string {
  return lines.map(([x, y, text, size = 10]) => `BT /F ${size} Tf 1 0 0 1 ${x} ${y} Tm (${text}) Tj ET`).join("\n");
}

const body = "The lock keeper counted the ships and wrote them down,";

describe("a PDF by its type and its gaps", () => {
  test("has headings, paragraphs, and words that lines have divided made whole", async () => {
    const text = await convertPdf(
      writePdf(
        atPlaces([
          [50, 700, "The winter", 20],
          [50, 670, body],
          [50, 658, "which is what a keeper does, whatever the wea-"],
          [50, 646, "ther. Then he went to bed and slept until noon."],
          [50, 610, "Another paragraph begins here and is a short one."],
        ]),
      ),
    );
    expect(text).toBe(
      [
        "<!-- Page 1 -->",
        "# The winter",
        `${body} which is what a keeper does, whatever the weather. Then he went to bed and slept until noon.`,
        "Another paragraph begins here and is a short one.",
      ].join("\n\n"),
    );
  });

  test("has whole paragraphs where its lines are far apart", async () => {
    const lines = Array.from({ length: 8 }, (_, index) => [50, 700 - index * 24, `${body} line ${index}`] as const);
    expect((await convertPdf(writePdf(atPlaces(lines)))).split("\n\n")).toHaveLength(2);
  });

  test("has tables where cells stand in columns", async () => {
    const rows = [700, 685, 670].flatMap(
      (y, row) =>
        [
          [50, y, `article ${row}`],
          [200, y, `${row * 3}`],
          [300, y, "shelf"],
        ] as const,
    );
    expect(await convertPdf(writePdf(atPlaces([[50, 740, body], ...rows])))).toContain(
      "| article 0 | 0 | shelf |\n| --- | --- | --- |\n| article 1 | 3 | shelf |\n| article 2 | 6 | shelf |",
    );
  });

  test("is read down its columns, also when it was written in another order", async () => {
    const left = [700, 688, 676, 664].map((y, i) => [50, y, `Left column, and its line number ${i} of four`] as const);
    const right = [700, 688, 676, 664].map(
      (y, i) => [320, y, `Right column, and its line number ${i} of four`] as const,
    );
    const title = [[50, 740, "The title goes over both of the columns", 18]] as const;
    for (const order of [
      [...title, ...left, ...right],
      [...left, ...right, ...title],
    ]) {
      const text = await convertPdf(writePdf(atPlaces(order)));
      const places = ["The title", "Left column, and its line number 3", "Right column, and its line number 0"].map(
        (each) => text.indexOf(each),
      );
      expect(places.every((at) => at >= 0)).toBe(true);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    }
  });

  test("cannot write our marks", async () => {
    expect(await convertPdf(writePdf(atPlaces([[50, 700, "<!-- Page 7 --> and more"]])))).toBe(
      "<!-- Page 1 -->\n\n\\<!-- Page 7 --> and more",
    );
  });
});

describe("a PDF of another program", () => {
  test("says its pages", async () => {
    expect((await convert("footnotes.pdf")).match(/^<!-- Page \d+ -->$/gm)).toEqual([
      "<!-- Page 1 -->",
      "<!-- Page 2 -->",
      "<!-- Page 3 -->",
    ]);
  });

  test("has the tables and the headings that its tags say", async () => {
    const text = await convert("tables.pdf");
    expect(text).toContain("# Notes from the harbour\n");
    expect(text).toContain(
      "| Number | Article | Place | Price |\n| --- | --- | --- | --- |\n| 1000 | Anchor chain | Shelf A0 | 12.05 |",
    );
  });

  test("has a table where one was written column by column", async () => {
    expect(await convert("positioned.pdf")).toContain("| 1001 | Pitch | Shelf B1 | 49.15 |");
  });

  test("is read from right to left, ligatures too", async () => {
    expect(await convert("arabic.pdf")).toContain("ملاحظات من الميناء");
    expect(await convert("hebrew.pdf")).toMatch(/\p{Script=Hebrew}/u);
  });

  test("is read where its fonts are not in it", async () => {
    expect(await convert("chinese-not-embedded.pdf")).toMatch(/\p{Script=Han}{4}/u);
  });

  test("says why it has no text", async () => {
    await expect(convert("pictures.pdf")).rejects.toThrow("it has no text: its pages are pictures");
  });
});

describe("a PDF that was made to harm", () => {
  test.each([
    ["says that it has two thousand million pages", writePdf("", { pages: "/Kids[3 0 R]/Count 2000000000" })],
    ["has itself for a page", writePdf("", { pages: "/Kids[2 0 R]/Count 3" })],
    ["nests without end", writePdf("[".repeat(500_000))],
    ["is cut", writePdf(atPlaces([[50, 700, body]])).subarray(0, 100)],
  ])("and %s has a reason", async (_, bytes) => {
    await expect(convertPdf(bytes)).rejects.toThrow(/has no text|can be read|damaged/);
  });

  test("and writes one word fifty thousand times on one place is read", async () => {
    const content = deflateSync(`${atPlaces([[50, 700, body]])}\n`.repeat(50_000));
    expect(await convertPdf(writePdf(content, { filter: "/Filter/FlateDecode" }))).toContain("lock keeper");
  });
});
