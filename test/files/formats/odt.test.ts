import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { convertOdt } from "../../../src/files/formats/odt.ts";
import { Unconvertible } from "../../../src/files/unconvertible.ts";
import { odfOf, zipOf } from "./office-zip.ts";

const fixtures = join(import.meta.dir, "../../fixtures/formats");
const convert = async (name: string) => convertOdt(await Bun.file(join(fixtures, name)).bytes());

describe("a text of LibreOffice's as Markdown", async () => {
  const markdown = await convert("report.odt");

  test("headings are headings, and the table of contents does not say them again", () => {
    expect(markdown.match(/^#+ .*$/gm)).toEqual(["# Harbour Report", "# Berths", "# Tariffs"]);
    expect(markdown).not.toContain("Contents");
  });

  test("inserted words are kept, deleted ones are not", () => {
    expect(markdown).toContain("There are seven berths, ***two*** **deep**, one ~~closed~~. Depth 10^2 feet.");
    expect(markdown).not.toContain("obsolete");
  });

  test("notes are called where they belong, and stand at the end; comments are told from them", () => {
    expect(markdown).toContain("feet.[^1] See the annex.[^2][^comment-1]");
    expect(markdown).toEndWith(
      "[^1]: Measured at **low** water.\n\n[^2]: Annex of 1911.\n\n[^comment-1]: Check with the pilot.",
    );
  });

  test("lists keep their kind, their paragraphs, and go on where they stopped", () => {
    expect(markdown).toContain("- Dot");
    expect(markdown).toContain("2. Second\n\n   Its second paragraph\n\nBetween the lists.\n\n3. Third");
  });

  test("a table with merged cells keeps its columns", () => {
    expect(markdown).toContain(
      "| Ship |  | Fee |\n| --- | --- | --- |\n| Sail | small<br>wooden | 3 \\| 4 |\n|  | large | 9 |",
    );
  });

  test("a text box, a picture, a formula, code and ruby", () => {
    expect(markdown.split("Inside a text box")).toHaveLength(2);
    expect(markdown).toContain("![A sketch of the bay]()");
    expect(markdown).toContain("A formula a/2=√b here.");
    expect(markdown).toContain("```\ncode line  one\ncode line two\n```");
    expect(markdown).toContain("漢字 المرفأ القديم والجديد");
  });

  test("the header is said once, the number of the page is not", () => {
    expect(markdown).toStartWith("Harbour Office, Quay 7\n\n");
    expect(markdown).not.toContain("Page");
  });
});

test("a text of pandoc's keeps its formulas, its lists and its tables", async () => {
  const markdown = await convert("lighthouse.odt");
  expect(markdown).toContain("Inline E=mc^2 and (a+b)/2≤√(x_1^2+y) and display");
  expect(markdown).toContain("^∞ e^(−x^2) dx=(1, 2; 3, 4)");
  expect(markdown).toContain("2. Two\n   1. Two a\n   2. Two b\n      - deep bullet\n3. Three");
  expect(markdown).toContain("| Name | Amount | Note |\n| --- | --- | --- |\n| Äpfel | 12 | a\\|b |");
});

describe("what no text should be", () => {
  const refusal = (bytes: Uint8Array) => {
    try {
      return convertOdt(bytes);
    } catch (error) {
      return error instanceof Unconvertible ? error.message : `${error}`;
    }
  };

  test("one that is encrypted says so", () => {
    const manifest = `<manifest:manifest xmlns:manifest="m"><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>`;
    expect(refusal(zipOf({ "META-INF/manifest.xml": manifest, "content.xml": "noise" }))).toBe(
      "it is encrypted; upload it without its password",
    );
  });

  test("one without a text is damaged", () => {
    expect(refusal(zipOf({ "content.xml": "<a/>" }))).toContain("damaged");
    expect(refusal(zipOf({ "a.txt": "a" }))).toContain("no main part");
  });

  test("an object that holds itself is written once", () => {
    const frame = `<text:p>x<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame></text:p>`;
    const table = `<table:table><table:table-row><table:table-cell>${frame.repeat(20)}</table:table-cell></table:table-row></table:table>`;
    const bytes = odfOf("text", frame, {
      "Object 1/content.xml": `<office:document-content>${table}</office:document-content>`,
    });
    expect(convertOdt(bytes).match(/x/g)).toHaveLength(21);
  });

  test("nesting has an end, and repeating costs nothing", () => {
    const nested = "<text:section>".repeat(300) + "</text:section>".repeat(300);
    expect(refusal(odfOf("text", nested))).toContain("nested");
    const cell = `<table:table-cell table:number-columns-repeated="1000000"><text:p>x</text:p></table:table-cell>`;
    const row = `<table:table-row table:number-rows-repeated="1000000">${cell}${cell}</table:table-row>`;
    expect(convertOdt(odfOf("text", `<table:table>${row}</table:table>`))).toBe("| x | x |\n| --- | --- |");
    expect(convertOdt(odfOf("text", `<text:p>a<text:s text:c="1000000000"/>b</text:p>`))).toBe("a b");
  });
});
