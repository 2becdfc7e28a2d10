import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { convertDocx } from "../../../src/files/formats/docx.ts";
import { Unconvertible } from "../../../src/files/unconvertible.ts";
import { docxOf, zipOf } from "./office-zip.ts";

const fixtures = join(import.meta.dir, "../../fixtures/formats");
const convert = async (name: string) => convertDocx(await Bun.file(join(fixtures, name)).bytes());
const paragraph = (text: string) => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`;

describe("a document of LibreOffice's as Markdown", async () => {
  const markdown = await convert("report.docx");

  test("headings are headings, whatever their styles are called", () => {
    expect(markdown.match(/^#+ .*$/gm)).toEqual(["# Harbour Report", "# Berths", "# Tariffs"]);
  });

  test("inserted words are kept, deleted ones are not", () => {
    expect(markdown).toContain("There are seven berths, ***two*** **deep**, one ~~closed~~.");
    expect(markdown).not.toContain("obsolete");
  });

  test("notes are called where they belong, and stand at the end; comments are told from them", () => {
    expect(markdown).toContain("feet.[^1] See the annex.[^2][^comment-1]");
    expect(markdown).toEndWith(
      "[^1]: Measured at **low** water.\n\n[^2]: Annex of 1911.\n\n[^comment-1]: Check with the pilot.",
    );
  });

  test("lists within lists keep their kind", () => {
    expect(markdown).toContain("1. First\n   - Dot\n     1. Letter\n2. Second");
  });

  test("a table with merged cells keeps its columns", () => {
    expect(markdown).toContain(
      "| Ship |  | Fee |\n| --- | --- | --- |\n| Sail | small<br>wooden | 3 \\| 4 |\n|  | large | 9 |",
    );
  });

  test("a text box is said once, a picture is its description, a formula is text, code keeps its lines", () => {
    expect(markdown.split("Inside a text box")).toHaveLength(2);
    expect(markdown).toContain("![A sketch of the bay]()");
    expect(markdown).toContain("A formula a/2=√b here.");
    expect(markdown).toContain("```\ncode line  one\ncode line two\n```");
  });

  test("the header is said once, the number of the page is not", () => {
    expect(markdown).toStartWith("Harbour Office, Quay 7\n\n");
    expect(markdown).not.toContain("Page");
  });
});

describe("a document of pandoc's as Markdown", async () => {
  const markdown = await convert("lighthouse.docx");

  test("formulas keep all their letters and numbers", () => {
    expect(markdown).toContain("Inline E=mc^2 and (a+b)/2≤√(x_1^2+y) and display");
    expect(markdown).toContain("^n k=(n(n+1))/2");
    expect(markdown).toContain("^∞ e^(−x^2) dx=([1, 2; 3, 4])");
  });

  test("other scripts come through as they are", () => {
    expect(markdown).toContain(
      "العربية من اليمين إلى اليسار. עברית מימין לשמאל. 日本語のテキスト。 हिन्दी पाठ। ข้อความภาษาไทย",
    );
    expect(markdown).toContain("| שלום | 3,5 | x |");
  });

  test("powers, links, code and quotations", () => {
    expect(markdown).toContain("`code`, a [link](https://example.com/a_b?x=1) and a note.[^1] H2O weighs 10^6 tons.");
    expect(markdown).toContain("> A quotation of *somebody*.");
  });
});

describe("what no document should be", () => {
  const refusal = (bytes: Uint8Array) =>
    convertDocx(bytes).then(
      () => "nothing",
      (error: unknown) => (error instanceof Unconvertible ? error.message : `${error}`),
    );
  const compound = (text: string) =>
    Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.from(text, "utf16le")]);

  test("a password or the format before 2007 is said to be the reason", async () => {
    expect(await refusal(compound("EncryptedPackage"))).toBe("it is encrypted; upload it without its password");
    expect(await refusal(compound("WordDocument"))).toBe("it is of the kind before 2007; save it as .docx");
  });

  test("a zip that is no document says so", async () => {
    expect(await refusal(zipOf({ "a.txt": "a" }))).toBe("it has no main part; open it and save it anew");
    expect(await refusal(Buffer.from("no zip"))).toContain("damaged");
  });

  test("entities that grow are refused, and nothing outside is read", async () => {
    const entities = Array.from({ length: 12 }, (_, n) => `<!ENTITY e${n + 1} "${`&e${n};`.repeat(10)}">`).join("");
    const bomb = `<!DOCTYPE d [<!ENTITY e0 "lol">${entities}]><d>&e12;</d>`;
    expect(await refusal(docxOf("", { "word/document.xml": bomb }))).toContain("damaged");
    const outside = `<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${paragraph("a&e;b")}</w:body></w:document>`;
    expect(await convertDocx(docxOf("", { "word/document.xml": outside }))).toBe("a&e;b");
  });

  test("notes that are called and missing are not called", async () => {
    const calls = ["footnote", "endnote", "comment"].map((kind) => `<w:r><w:${kind}Reference w:id="7"/></w:r>`);
    expect(await convertDocx(docxOf(`<w:p><w:r><w:t>a</w:t></w:r>${calls.join("")}</w:p>`))).toBe("a");
  });

  test("nesting has an end: elements, fields, formulas, tables", async () => {
    const nested = (open: string, close: string, times: number) =>
      open.repeat(times) + paragraph("x") + close.repeat(times);
    expect(await refusal(docxOf(nested("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>", 500)))).toContain("nested");
    expect(
      await refusal(docxOf(`<w:p>${'<w:r><w:fldChar w:fldCharType="begin"/></w:r>'.repeat(1000)}</w:p>`)),
    ).toContain("nested");
    expect(await convertDocx(docxOf(nested("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>", 20)))).toBe("x");
  });

  test("more elements than a book has are too many", async () => {
    expect(await refusal(docxOf("<w:p/>".repeat(1_000_001)))).toBe("it is too long to be read at once; divide it");
  });

  test("a cell that spans a million columns is one cell", async () => {
    const wide = `<w:tc><w:tcPr><w:gridSpan w:val="1000000"/></w:tcPr>${paragraph("a")}</w:tc>`;
    const markdown = await convertDocx(
      docxOf(`<w:tbl>${`<w:tr>${wide}<w:tc>${paragraph("b")}</w:tc></w:tr>`.repeat(500)}</w:tbl>`),
    );
    expect(markdown.length).toBeLessThan(50_000);
    expect(markdown.match(/\ba\b/g)).toHaveLength(500);
  });
});
