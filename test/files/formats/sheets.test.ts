import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { convertOds } from "../../../src/files/formats/ods.ts";
import { convertXlsx } from "../../../src/files/formats/xlsx.ts";
import { odfOf, relationsOf, zipOf } from "./office-zip.ts";

const fixtures = join(import.meta.dir, "../../fixtures/formats");
const converters = { xlsx: convertXlsx, ods: convertOds } as const;

for (const [format, convert] of Object.entries(converters))
  describe(`a workbook as Markdown: ${format}`, async () => {
    const markdown = convert(await Bun.file(join(fixtures, `book.${format}`)).bytes());

    test("each sheet has its heading, hidden and empty ones too", () => {
      expect(markdown.match(/^## .*$/gm)).toEqual(["## Ships & berths", "## Hidden", "## Empty"]);
    });

    test("values are as they are shown, dates as ISO 8601 has them; cells are one line", () => {
      expect(markdown).toContain("| Name | Arrived | At | Share | Fee | Paid | Note |\n| --- |");
      expect(markdown).toMatch(
        /\n\| Anna\\\|Maria \| 2024-05-01 \| 0?9:30:00 \| 25\.6% \| 1,234\.50 € \| TRUE \| two<br>lines \|\n/,
      );
      expect(markdown).toContain("\n| Βόρεια | 2024-05-02 10:45:00 |  | 100% | (7.00) | FALSE |\n");
    });

    test("what an empty row parts are tables of their own, without the columns in which they have nothing", () => {
      expect(markdown).toContain("\n\n| apart | from it |\n| --- | --- |\n| merged |\n|  | beside |\n\n");
    });

    test("a cell in the last row and column is a cell", () => {
      expect(markdown).toContain("\n\nfar\n\n");
    });
  });

test("a formula shows what it came to, or itself where nobody has reckoned", async () => {
  expect(convertXlsx(await Bun.file(join(fixtures, "book.xlsx")).bytes())).toContain('| 2 | =A1+1 | ="a"&"b" |');
  expect(convertOds(await Bun.file(join(fixtures, "book.ods")).bytes())).toContain("| 2 | 3 | ab |");
});

describe("what a sheet may hold besides", () => {
  const bookOf = (rows: string, others: Readonly<Record<string, string>> = {}) =>
    zipOf({
      "_rels/.rels": relationsOf(["officeDocument", "xl/workbook.xml"]),
      "xl/workbook.xml": `<x:workbook xmlns:x="x" xmlns:r="r"><x:sheets><x:sheet name="S" r:id="r1"/></x:sheets></x:workbook>`,
      "xl/_rels/workbook.xml.rels": relationsOf(
        ["worksheet", "worksheets/sheet1.xml"],
        ["sharedStrings", "sharedStrings.xml"],
        ["styles", "styles.xml"],
      ),
      "xl/worksheets/sheet1.xml": `<x:worksheet xmlns:x="x"><x:sheetData>${rows}</x:sheetData></x:worksheet>`,
      ...others,
    });
  const convertRows = (rows: string, others?: Readonly<Record<string, string>>) =>
    convertXlsx(bookOf(rows, others)).replace("## S\n\n", "");

  test("rich texts, without how they are pronounced; strings within cells; errors; prefixes", () => {
    const strings = `<sst><si><r><t>rich </t></r><r><rPr><b/></rPr><t>text</t></r><rPh sb="0" eb="1"><t>hidden</t></rPh></si></sst>`;
    const row = `<x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="inlineStr"><x:is><x:t>in</x:t><x:r><x:t>line</x:t></x:r></x:is></x:c><x:c t="e"><x:v>#DIV/0!</x:v></x:c><x:c t="str"><x:v>a &lt; b</x:v></x:c><x:c t="s"><x:v>99</x:v></x:c></x:row>`;
    expect(convertRows(row, { "xl/sharedStrings.xml": strings })).toBe(
      "| rich text | inline | #DIV/0! | a < b |\n| --- | --- | --- | --- |",
    );
  });

  test("days are counted from 1900 or 1904, as the workbook says; hours past a day are no time", () => {
    const styles = `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[h]:mm"/><numFmt numFmtId="165" formatCode="bad[[&quot;"/></numFmts><cellXfs><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="17"/><xf numFmtId="165"/></cellXfs></styleSheet>`;
    const row = `<row>${[0, 1, 2, 3].map((style) => `<c s="${style}"><v>40000.5</v></c>`).join("")}</row>`;
    const lines = (others: Readonly<Record<string, string>>) =>
      convertRows(row, { "xl/styles.xml": styles, ...others }).split("\n")[0];
    expect(lines({})).toBe("| 2009-07-06 | 960012:00 | 2009-07 | 40000.5 |");
    const book = `<workbook xmlns:r="r"><workbookPr date1904="1"/><sheets><sheet name="S" r:id="r1"/></sheets></workbook>`;
    expect(lines({ "xl/workbook.xml": book })).toStartWith("| 2013-07-07 |");
  });

  test("a hundred thousand rows of twenty cells are a hundred thousand lines", () => {
    const row = "<c><v>1.5</v></c>".repeat(20);
    const markdown = convertRows(Array.from({ length: 100_000 }, () => `<row>${row}</row>`).join(""));
    expect(markdown.split("\n")).toHaveLength(100_001);
  });

  test("a table of holes is told cell by cell", () => {
    const rows = Array.from({ length: 2000 }, (_, n) => {
      const letters = String.fromCharCode(
        65 + (Math.floor(n / 676) % 26),
        65 + (Math.floor(n / 26) % 26),
        65 + (n % 26),
      );
      return `<row r="${n + 1}"><c r="${letters}${n + 1}"><v>${n}</v></c></row>`;
    });
    const markdown = convertRows(rows.join(""));
    expect(markdown).toStartWith("- AAA1: 0\n- AAB2: 1\n");
    expect(markdown.length).toBeLessThan(50_000);
  });

  test("repeated cells and rows cost what they say, and no more than there may be", () => {
    const cell = (columns: number) =>
      `<table:table-cell table:number-columns-repeated="${columns}"><text:p>x</text:p></table:table-cell>`;
    const sheetOf = (rows: number, columns: number) =>
      odfOf(
        "spreadsheet",
        `<table:table table:name="T"><table:table-row table:number-rows-repeated="${rows}">${cell(columns)}</table:table-row><table:table-row table:number-rows-repeated="1000000000"><table:table-cell table:number-columns-repeated="1000000000"/></table:table-row></table:table>`,
      );
    expect(convertOds(sheetOf(2, 3))).toBe("## T\n\n| x | x | x |\n| --- | --- | --- |\n| x | x | x |");
    expect(() => convertOds(sheetOf(1_000_000_000, 1_000_000_000))).toThrow("its sheets are too long");
  });

  test("comments and pictures are not the cells' text", () => {
    const cell = `<table:table-cell><office:annotation><dc:date>2024</dc:date><text:p>remark</text:p></office:annotation><text:p>a<text:s text:c="2"/>b</text:p><text:p>c</text:p></table:table-cell>`;
    const sheet = `<table:table table:name="T"><table:shapes><draw:frame><text:p>shape</text:p></draw:frame></table:shapes><table:table-row>${cell}${cell}</table:table-row></table:table>`;
    expect(convertOds(odfOf("spreadsheet", sheet))).toBe("## T\n\n| a  b<br>c | a  b<br>c |\n| --- | --- |");
  });

  test("sheets without a cell are no text; binary workbooks say what to do", () => {
    expect(() => convertRows("<row/>")).toThrow("it has no text");
    expect(() => convertXlsx(Buffer.from("d0cf11e0a1b11ae10000", "hex"))).toThrow("save it as .xlsx");
    const binary = zipOf({ "_rels/.rels": relationsOf(["officeDocument", "xl/workbook.bin"]), "xl/workbook.bin": "b" });
    expect(() => convertXlsx(binary)).toThrow("it is a binary workbook; save it as .xlsx");
  });
});
