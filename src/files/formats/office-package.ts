import { openZip, type Zip } from "../unpack.ts";
import { encrypted, Unconvertible } from "../unconvertible.ts";
import { resolvePartPath } from "./part-path.ts";
import { childrenOf, localName, parseXml, type XmlElement } from "./xml.ts";

/** What a part is related to: a path within the package, or an address outside. */
export interface Relation {
  /** The last word of its type, which is the same in the strict and in the usual dialect: `slide`, `hyperlink`. */
  readonly type: string;
  readonly target: string;
  readonly isExternal: boolean;
}

/** The zip that Word's, PowerPoint's and Excel's documents are (ECMA-376 part 2): parts, and what they are to one another. */
export interface OfficePackage {
  readonly zip: Zip;
  /** The part that the others hang on, by its path. */
  readonly main: string;
  read(path: string): XmlElement | undefined;
  /** By their ids, in the order in which they are listed. */
  relations(path: string): ReadonlyMap<string, Relation>;
}

/** @throws {Unconvertible} where it is locked by a password, of the binary kind before 2007 (`save it as .docx`), or damaged */
export function openOfficePackage(bytes: Uint8Array, extension: string): OfficePackage {
  assertNotCompound(bytes, extension);
  const zip = openZip(bytes);
  const read = (path: string) => {
    const content = zip.read(path);
    return content && parseXml(content);
  };
  const relations = (path: string) => listRelations(read(relationsPath(path)), path);
  const main = [...relations("").values()].find(({ type }) => type === "officeDocument")?.target;
  if (main === undefined) throw new Unconvertible("it has no main part; open it and save it anew");
  return { zip, main, read, relations };
}

/** Where a part's relations stand: `word/_rels/document.xml.rels`. */
export function relationsPath(path: string): string {
  const slash = path.lastIndexOf("/") + 1;
  return `${path.slice(0, slash)}_rels/${path.slice(slash)}.rels`;
}

/** The first related part of that type, by its path. */
export function findRelated(relations: ReadonlyMap<string, Relation>, type: string): string | undefined {
  return [...relations.values()].find((relation) => relation.type === type && !relation.isExternal)?.target;
}

/** A container of Microsoft's own before 2007 also holds today's documents, once they are encrypted. */
function assertNotCompound(bytes: Uint8Array, extension: string): void {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (content.length < 8 || content.readUInt32BE(0) !== 0xd0cf11e0) return;
  if (content.includes(Buffer.from("EncryptedPackage", "utf16le"))) throw encrypted();
  throw new Unconvertible(`it is of the kind before 2007; save it as .${extension}`);
}

function listRelations(root: XmlElement | undefined, source: string): Map<string, Relation> {
  const relations = new Map<string, Relation>();
  for (const element of childrenOf(root)) {
    const { Id: id, Type: type = "", Target: target = "", TargetMode: mode } = element.attributes;
    if (localName(element) !== "Relationship" || id === undefined) continue;
    const isExternal = mode === "External";
    const path = isExternal ? target : resolvePartPath(target, source);
    relations.set(id, { type: type.slice(type.lastIndexOf("/") + 1), target: path, isExternal });
  }
  return relations;
}
