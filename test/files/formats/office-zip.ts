import { zipSync } from "fflate";

const relationships = "http://schemas.openxmlformats.org/package/2006/relationships";
const officeDocument = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/** A zip of those members, stored as they are: what is packed well is refused for that alone. */
export function zipOf(members: Readonly<Record<string, string>>, level: 0 | 6 = 0): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(members).map(([path, text]) => [path, Buffer.from(text)])), {
    level,
  });
}

/** Relations of a part: `r1`, `r2`, … of those types to those targets. */
export function relationsOf(...relations: readonly (readonly [type: string, target: string])[]): string {
  const lines = relations.map(
    ([type, target], index) => `<Relationship Id="r${index + 1}" Type="${officeDocument}/${type}" Target="${target}"/>`,
  );
  return `<Relationships xmlns="${relationships}">${lines.join("")}</Relationships>`;
}

/** A Word document with that body. */
export function docxOf(body: string, others: Readonly<Record<string, string>> = {}): Uint8Array {
  return zipOf({
    "[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
    "_rels/.rels": relationsOf(["officeDocument", "word/document.xml"]),
    "word/document.xml": `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`,
    ...others,
  });
}

/** An OpenDocument of that kind, `text`, `spreadsheet` or `presentation`, with that body. */
export function odfOf(kind: string, body: string, others: Readonly<Record<string, string>> = {}): Uint8Array {
  const content = `<office:document-content><office:body><office:${kind}>${body}</office:${kind}></office:body></office:document-content>`;
  return zipOf({ "content.xml": content, ...others });
}
