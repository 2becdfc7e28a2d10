import { openZip, type Zip } from "../../unpack.ts";
import { damaged, Unconvertible } from "../../unconvertible.ts";
import { resolvePartPath } from "../part-path.ts";
import { childOf, childrenOf, descendantsOf, parseXml, textOf, type XmlElement } from "../xml.ts";

/** A document of a book, by its path in the zip. */
export interface Chapter {
  readonly path: string;
  readonly content: Uint8Array;
}

export interface Book {
  readonly title: string;
  /** In the order in which they are read, without the one that only lists them. */
  readonly chapters: readonly Chapter[];
}

/** @throws {Unconvertible} where it is locked (DRM), damaged or none */
export function openBook(bytes: Uint8Array): Book {
  const zip = openZip(bytes);
  assertUnlocked(zip);
  const path = descendantsOf(read(zip, "META-INF/container.xml"), "rootfile")[0]?.attributes["full-path"];
  const book = path === undefined ? undefined : read(zip, path);
  if (path === undefined || !book) throw damaged();
  return { title: textOf(childOf(book, "metadata", "title")), chapters: listChapters(zip, book, path) };
}

function read(zip: Zip, path: string): XmlElement | undefined {
  const content = zip.read(path);
  return content && parseXml(content);
}

/** Fonts are often disguised, which hinders nobody from reading. */
function assertUnlocked(zip: Zip): void {
  const methods = descendantsOf(read(zip, "META-INF/encryption.xml"), "EncryptedData").map(
    (data) => childOf(data, "EncryptionMethod")?.attributes.Algorithm ?? "",
  );
  if (methods.some((method) => !disguises.has(method)))
    throw new Unconvertible("it is locked by whoever sold it (DRM); upload one that is not");
}

const disguises = new Set(["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"]);

function listChapters(zip: Zip, book: XmlElement, path: string): Chapter[] {
  const listed = new Map(
    childrenOf(childOf(book, "manifest")).map(({ attributes }) => [attributes.id ?? "", attributes]),
  );
  const paths = childrenOf(childOf(book, "spine"), "itemref").flatMap(({ attributes }) => {
    const { href, properties = "" } = listed.get(attributes.idref ?? "") ?? {};
    return href === undefined || properties.split(" ").includes("nav") ? [] : [resolvePartPath(href, path)];
  });
  return [...new Set(paths)].flatMap((each) => {
    const content = zip.read(each);
    return content ? [{ path: each, content }] : [];
  });
}
