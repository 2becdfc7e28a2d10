import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { convertEpub } from "../../../src/files/formats/epub.ts";
import { zipOf } from "./office-zip.ts";

const fixtures = join(import.meta.dir, "../../fixtures/formats");

describe("a book of pandoc's as Markdown", async () => {
  const markdown = convertEpub(await Bun.file(join(fixtures, "lighthouse.epub")).bytes());

  test("its title and headings come once, its list of chapters never", () => {
    expect(markdown.match(/^#+ .*$/gm)).toEqual([
      "# The Lighthouse",
      "# First chapter",
      "## Lists",
      "## Tables",
      "## Formulas",
      "## Others",
    ]);
    expect(markdown.split("First chapter")).toHaveLength(2);
  });

  test("lists, tables, formulas, code and pictures", () => {
    expect(markdown).toContain("2. Two\n   1. Two a\n   2. Two b\n      - deep bullet\n3. Three");
    expect(markdown).toContain("| Name | Amount | Note |\n| --- | --- | --- |\n| Äpfel | 12 | a\\|b |");
    expect(markdown).toContain("Inline E=mc^2 and (a+b)/2≤√(x_1^2+y) and display");
    expect(markdown).toContain("```\ncode block\n  indented\n```");
    expect(markdown).toContain("![A red square]()");
  });

  test("notes are called where they belong, without a way back", () => {
    expect(markdown).toContain("and a note.[^1]");
    expect(markdown).toEndWith("[^1]: The note’s **first** paragraph.\n\n    And its second.");
  });
});

describe("what a book may hold besides", () => {
  const bookOf = (
    chapters: Readonly<Record<string, string>>,
    others: Readonly<Record<string, string>> = {},
    nav = "",
  ) =>
    zipOf({
      "META-INF/container.xml": `<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>`,
      "OEBPS/book.opf": `<package><metadata><dc:title xmlns:dc="d">Tides</dc:title></metadata><manifest>${Object.keys(
        chapters,
      )
        .map((name) => `<item id="${name}" href="text/${name}%20a.xhtml" properties="${name === nav ? "nav" : ""}"/>`)
        .join("")}</manifest><spine>${Object.keys(chapters)
        .map((name) => `<itemref idref="${name}"/>`)
        .join("")}</spine></package>`,
      ...Object.fromEntries(Object.entries(chapters).map(([name, body]) => [`OEBPS/text/${name} a.xhtml`, body])),
      ...others,
    });
  const page = (body: string) => `<html><head><title>head</title></head><body>${body}</body></html>`;

  test("the order is the spine's; the document that lists the chapters is left out", () => {
    const book = bookOf({ c: page("<p>third</p>"), a: page("<p>first</p>"), n: page("<p>list</p>") }, {}, "n");
    expect(convertEpub(book)).toBe("# Tides\n\nthird\n\nfirst");
  });

  test("notes that stand in another chapter are found, and numbered through the book", () => {
    const call = (id: string) => `<p>see<a epub:type="noteref" href="z%20a.xhtml#${id}">*</a></p>`;
    const note = (id: string) =>
      `<aside epub:type="footnote" id="${id}"><p>note ${id} <a role="doc-backlink" href="#x">back</a></p></aside>`;
    const book = bookOf({ a: page(call("q")), b: page(call("p")), z: page(note("p") + note("q")) });
    expect(convertEpub(book)).toBe("# Tides\n\nsee[^1]\n\nsee[^2]\n\n[^2]: note p\n\n[^1]: note q");
  });

  test("tags that close themselves, entities of HTML, and tags that nobody closed", () => {
    const book = bookOf({ a: page(`<a id="x"/><p>a&nbsp;b<br>c<p>d <b>e</p><script>no()</script><p>f &copy;</p>`) });
    expect(convertEpub(book)).toBe("# Tides\n\na\u00a0b  \nc\n\nd **e**\n\nf ©");
  });

  test("the numbers of pages on paper are left out", () => {
    const book = bookOf({ a: page(`<p>one <span epub:type="pagebreak" id="p7">7</span>two</p>`) });
    expect(convertEpub(book)).toBe("# Tides\n\none two");
  });

  test("one that is locked says so; disguised fonts lock nothing", () => {
    const locked = (algorithm: string) => ({
      "META-INF/encryption.xml": `<encryption><enc:EncryptedData xmlns:enc="e"><enc:EncryptionMethod Algorithm="${algorithm}"/></enc:EncryptedData></encryption>`,
    });
    const chapters = { a: page("<p>text</p>") };
    expect(() => convertEpub(bookOf(chapters, locked("http://www.w3.org/2001/04/xmlenc#aes128-cbc")))).toThrow("(DRM)");
    expect(convertEpub(bookOf(chapters, locked("http://www.idpf.org/2008/embedding")))).toContain("text");
  });

  test("nesting has an end, and a book without a text is none", () => {
    expect(() => convertEpub(bookOf({ a: page("<div>".repeat(100_000)) }))).toThrow("nested too deeply");
    expect(() => convertEpub(bookOf({ a: page(`<math>${"<mrow>".repeat(100_000)}`) }))).toThrow("nested too deeply");
    expect(() => convertEpub(bookOf({ a: page(`<img src="a.png" alt=""/>`) }))).toThrow("it has no text");
    expect(() => convertEpub(zipOf({ "META-INF/container.xml": "<container/>" }))).toThrow("damaged");
  });
});
