import { XML } from "bun";
import { zipSync, type Zippable } from "fflate";
import mammoth from "mammoth";
import { outlineStyle, withOutlineHeadings } from "./docx/headings.ts";
import { withMargins } from "./docx/margins.ts";
import { simplify } from "./docx/simplify.ts";
import { damaged } from "../unconvertible.ts";
import { assertText } from "./assert-text.ts";
import { createMarkdown } from "./markdown.ts";
import { openOfficePackage, relationsPath, type OfficePackage } from "./office-package.ts";
import { childrenOf, localName, type XmlElement } from "./xml.ts";

/**
 * Word's documents. Mammoth reads them, once what it would pass over is put into words that it knows. It is handed those
 * parts alone that hold text, unpacked within limits, parsed and written anew: so none of what it trusts comes from outside.
 *
 * What was inserted under revision is kept, what was deleted is not; comments become notes; of headers and footers each is
 * said once.
 */
export async function convertDocx(bytes: Uint8Array): Promise<string> {
  const parts = zipSync(toParts(openOfficePackage(bytes, "docx")), { level: 0 });
  return assertText(createMarkdown()(await readHtml(parts)));
}

async function readHtml(parts: Uint8Array): Promise<string> {
  try {
    const options = { styleMap: [...styleMap], convertImage: pictureless };
    return (await mammoth.convertToHtml({ buffer: Buffer.from(parts) }, options)).value;
  } catch (error) {
    throw damaged(error);
  }
}

/** Beside those that Mammoth knows: what LibreOffice and pandoc call the same, and paragraphs that are headings without a style. */
const styleMap: readonly string[] = [
  "p[style-name='Title'] => h1:fresh",
  ...[1, 2, 3, 4, 5, 6].map((level) => `p.${outlineStyle(level)} => h${level}:fresh`),
  ...["Quote", "Intense Quote", "Block Text", "Quotations"].map(
    (name) => `p[style-name='${name}'] => blockquote > p:fresh`,
  ),
  ...["Source Code", "HTML Preformatted", "Preformatted Text"].map(
    (name) => `p[style-name='${name}'] => pre:separator('\\n')`,
  ),
  ...["Verbatim Char", "HTML Code", "Source Text"].map((name) => `r[style-name='${name}'] => code`),
  "comment-reference => sup",
];

/** Its alternative text is added by Mammoth; the picture is not read. */
const pictureless = mammoth.images.imgElement(() => Promise.resolve({ src: "" }));

function toParts(office: OfficePackage): Zippable {
  const relations = [...office.relations(office.main).values()].filter(({ isExternal }) => !isExternal);
  const related = (...types: readonly string[]) => relations.filter(({ type }) => types.includes(type));
  // Mammoth asks for styles whether there are any or not.
  const parts: Zippable = { "word/styles.xml": Buffer.from("<styles/>") };
  const add = (path: string, change: (root: XmlElement) => XmlElement = (root) => root) => {
    const root = office.read(path);
    if (root) parts[path] = Buffer.from(XML.stringify(change(root)));
  };

  for (const path of ["[Content_Types].xml", relationsPath(""), relationsPath(office.main)]) add(path);
  for (const { target } of related("styles")) add(target, withOutlineHeadings);
  for (const { target } of related("numbering")) add(target);
  const notes = new Set<string>();
  for (const { target } of related("footnotes", "endnotes", "comments")) {
    add(target, (root) => {
      for (const note of childrenOf(root)) notes.add(`${localName(note)} ${note.attributes["w:id"]}`);
      return simplify(root, new Set());
    });
    add(relationsPath(target));
  }
  add(office.main, (root) => simplify(withMargins(root, office), notes));
  return parts;
}
