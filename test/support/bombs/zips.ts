import { writeZip, type ZipPart } from "../zip.ts";
import type { Bomb } from "../bombs.ts";
import { billionLaughs } from "./texts.ts";

const many = (count: number, text: string) => text.repeat(count);
const zeros = (mebibytes: number) => Buffer.alloc(mebibytes * 1024 * 1024);

const wordNames = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const packageRelations = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"';

function officeParts(main: string, type: string): ZipPart[] {
  return [
    {
      name: "[Content_Types].xml",
      content: `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/${main}" ContentType="application/vnd.openxmlformats-officedocument.${type}.main+xml"/></Types>`,
    },
    {
      name: "_rels/.rels",
      content: `<Relationships ${packageRelations}><Relationship Id="r1" Type="${relations}/officeDocument" Target="${main}"/></Relationships>`,
    },
  ];
}

function word(body: string, { before = "", others = [] as ZipPart[] } = {}): Uint8Array {
  const content = `<?xml version="1.0"?>${before}<w:document ${wordNames} xmlns:r="${relations}"><w:body>${body}</w:body></w:document>`;
  return writeZip([
    ...officeParts("word/document.xml", "wordprocessingml.document"),
    { name: "word/document.xml", content },
    ...others,
  ]);
}

const said = (text: string) => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`;

function sheet(rows: string, { strings = "", dimension = "" } = {}): Uint8Array {
  const names = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
  return writeZip([
    ...officeParts("xl/workbook.xml", "spreadsheetml.sheet"),
    {
      name: "xl/workbook.xml",
      content: `<workbook ${names} xmlns:r="${relations}"><sheets><sheet name="One" sheetId="1" r:id="r1"/></sheets></workbook>`,
    },
    {
      name: "xl/_rels/workbook.xml.rels",
      content: `<Relationships ${packageRelations}><Relationship Id="r1" Type="${relations}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="${relations}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
    },
    { name: "xl/sharedStrings.xml", content: strings || `<sst ${names}><si><t>far away</t></si></sst>` },
    {
      name: "xl/worksheets/sheet1.xml",
      content: `<worksheet ${names}>${dimension}<sheetData>${rows}</sheetData></worksheet>`,
    },
  ]);
}

function open(kind: "text" | "spreadsheet" | "presentation", body: string, before = ""): Uint8Array {
  const names = ["office", "style", "text", "table", "drawing"]
    .map((each) => `xmlns:${each === "drawing" ? "draw" : each}="urn:oasis:names:tc:opendocument:xmlns:${each}:1.0"`)
    .join(" ");
  const content = `<?xml version="1.0"?>${before}<office:document-content ${names}><office:body><office:${kind}>${body}</office:${kind}></office:body></office:document-content>`;
  return writeZip([
    { name: "mimetype", content: `application/vnd.oasis.opendocument.${kind}`, isStored: true },
    { name: "content.xml", content },
  ]);
}

function book(spine: string, chapter: string, manifest = ""): Uint8Array {
  return writeZip([
    { name: "mimetype", content: "application/epub+zip", isStored: true },
    {
      name: "META-INF/container.xml",
      content:
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="a.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
    },
    {
      name: "a.opf",
      content: `<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>${manifest}</manifest><spine>${spine}</spine></package>`,
    },
    { name: "a.xhtml", content: `<html xmlns="http://www.w3.org/1999/xhtml"><body>${chapter}</body></html>` },
  ]);
}

const secret = '<!DOCTYPE x [<!ENTITY s SYSTEM "file:///etc/passwd">]>';

/** Archives and documents in zips that are small and would be large, or point at what is not theirs. */
export const zipBombs: readonly Bomb[] = [
  { name: "ratio.zip", content: writeZip([{ name: "zeros.txt", content: zeros(32) }]) },
  {
    name: "together.zip",
    content: writeZip(Array.from({ length: 8 }, (_, at) => ({ name: `${at}.bin`, content: zeros(12) }))),
  },
  { name: "members.zip", content: writeZip(Array.from({ length: 3000 }, (_, at) => ({ name: `${at}`, content: "" }))) },
  {
    name: "nested.zip",
    content: writeZip([{ name: "inner.zip", content: writeZip([{ name: "innermost.zip", content: writeZip([]) }]) }]),
  },
  { name: "twins.zip", content: writeZip(Array.from({ length: 50 }, () => ({ name: "same.txt", content: "same" }))) },
  { name: "lying.zip", content: writeZip([{ name: "a.txt", content: zeros(4), statedBytes: 10 }]) },
  { name: "inflated.docx", content: word(`<w:p>${many(20_000_000, " ")}</w:p>`) },
  { name: "laughs.docx", content: word(said("&j;"), { before: billionLaughs }) },
  { name: "outside.docx", content: word(said("&s;"), { before: secret }) },
  {
    name: "deep.docx",
    content: word(`${many(20_000, "<w:tbl><w:tr><w:tc>")}${said("deep")}${many(20_000, "</w:tc></w:tr></w:tbl>")}`),
  },
  {
    name: "spans.docx",
    content: word(
      `<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="100000000"/></w:tcPr>${said("wide")}</w:tc></w:tr></w:tbl>`,
    ),
  },
  {
    name: "styles.docx",
    content: word(`<w:p><w:pPr><w:pStyle w:val="A"/></w:pPr><w:r><w:t>circle</w:t></w:r></w:p>`, {
      others: [
        {
          name: "word/styles.xml",
          content: `<w:styles ${wordNames}><w:style w:type="paragraph" w:styleId="A"><w:name w:val="a"/><w:basedOn w:val="B"/></w:style><w:style w:type="paragraph" w:styleId="B"><w:name w:val="b"/><w:basedOn w:val="A"/></w:style></w:styles>`,
        },
      ],
    }),
  },
  {
    name: "pointing.docx",
    content: word(said("pointing"), {
      others: [
        {
          name: "word/_rels/document.xml.rels",
          content: `<Relationships ${packageRelations}><Relationship Id="r1" Type="${relations}/image" Target="file:///etc/passwd" TargetMode="External"/><Relationship Id="r2" Type="${relations}/styles" Target="../../../../etc/passwd"/></Relationships>`,
        },
      ],
    }),
  },
  {
    name: "laughs.xlsx",
    content: sheet('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', {
      strings: `<?xml version="1.0"?>${billionLaughs}<sst><si><t>&j;</t></si></sst>`,
    }),
  },
  {
    name: "far.xlsx",
    content: sheet(
      '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" t="s"><v>0</v></c></row>',
    ),
  },
  { name: "farther.xlsx", content: sheet('<row r="99999999999"><c r="ZZZZZZZZ99999999999" t="s"><v>0</v></c></row>') },
  {
    name: "dimension.xlsx",
    content: sheet('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', { dimension: '<dimension ref="A1:XFD1048576"/>' }),
  },
  {
    name: "numbers.xlsx",
    content: sheet(
      '<row r="1"><c r="A1"><v>1e308</v></c><c r="B1" t="s"><v>99999</v></c><c r="C1" s="77"><v>-1e99</v></c></row>',
    ),
  },
  {
    name: "diagonal.xlsx",
    content: sheet(
      Array.from(
        { length: 3000 },
        (_, at) =>
          `<row r="${at + 1}"><c r="${"ABCDEFGHIJ"[at % 10]}${"ABCDEFGHIJ"[at % 7]}${at + 1}"><v>1</v></c></row>`,
      ).join(""),
    ),
  },
  {
    name: "repeated.ods",
    content: open(
      "spreadsheet",
      '<table:table table:name="One"><table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell></table:table-row></table:table>',
    ),
  },
  {
    name: "empty.ods",
    content: open(
      "spreadsheet",
      '<table:table table:name="One"><table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>',
    ),
  },
  { name: "spaces.odt", content: open("text", '<text:p>a<text:s text:c="2000000000"/>b</text:p>') },
  { name: "laughs.odt", content: open("text", "<text:p>&j;</text:p>", billionLaughs) },
  { name: "outside.odt", content: open("text", "<text:p>&s;</text:p>", secret) },
  {
    name: "deep.odt",
    content: open("text", `${many(20_000, "<text:section>")}<text:p>deep</text:p>${many(20_000, "</text:section>")}`),
  },
  {
    name: "lists.odt",
    content: open(
      "text",
      `${many(5000, "<text:list><text:list-item>")}<text:p>deep</text:p>${many(5000, "</text:list-item></text:list>")}`,
    ),
  },
  {
    name: "groups.odp",
    content: open("presentation", `<draw:page>${many(20_000, "<draw:g>")}${many(20_000, "</draw:g>")}</draw:page>`),
  },
  { name: "spine.epub", content: book(many(20_000, '<itemref idref="a"/>'), `<p>${many(2000, "again ")}</p>`) },
  { name: "deep.epub", content: book('<itemref idref="a"/>', `${many(20_000, "<div>")}${many(20_000, "</div>")}`) },
  {
    name: "missing.epub",
    content: book(
      '<itemref idref="b"/><itemref idref="c"/>',
      "<p>here</p>",
      '<item id="b" href="../../../../etc/passwd" media-type="application/xhtml+xml"/>',
    ),
  },
  {
    name: "laughs.epub",
    content: writeZip([
      { name: "mimetype", content: "application/epub+zip", isStored: true },
      { name: "META-INF/container.xml", content: `<?xml version="1.0"?>${billionLaughs}<container>&j;</container>` },
    ]),
  },
  {
    name: "circle.pptx",
    content: writeZip([
      ...officeParts("ppt/presentation.xml", "presentationml.presentation"),
      {
        name: "ppt/presentation.xml",
        content: `<p:presentation xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:r="${relations}"><p:sldIdLst>${many(1000, '<p:sldId id="256" r:id="r1"/>')}</p:sldIdLst></p:presentation>`,
      },
      {
        name: "ppt/_rels/presentation.xml.rels",
        content: `<Relationships ${packageRelations}><Relationship Id="r1" Type="${relations}/slide" Target="presentation.xml"/></Relationships>`,
      },
    ]),
  },
];
