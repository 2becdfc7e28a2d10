import { encrypted, Unconvertible } from "../../unconvertible.ts";
import { openZip } from "../../unpack.ts";
import { descendantsOf, parseXml, type XmlElement } from "../xml.ts";

/** The zip that an OpenDocument is (OASIS ODF 1.3 part 2). */
export interface OdfPackage {
  /** Of a member, for what is read without a tree. */
  readBytes(path: string): Uint8Array | undefined;
  read(path: string): XmlElement | undefined;
}

/** @throws {Unconvertible} where it is encrypted, damaged or none */
export function openOdf(bytes: Uint8Array): OdfPackage {
  const zip = openZip(bytes);
  const read = (path: string) => {
    const content = zip.read(path);
    return content && parseXml(content);
  };
  if (descendantsOf(read("META-INF/manifest.xml"), "manifest:encryption-data").length > 0) throw encrypted();
  if (!zip.names().includes("content.xml")) throw new Unconvertible("it has no main part; open it and save it anew");
  return { readBytes: (path) => zip.read(path), read };
}
