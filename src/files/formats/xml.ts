import { XML } from "bun";
import { damaged, Unconvertible } from "../unconvertible.ts";
import { assertShallow } from "./nesting.ts";

/** An element as it is written, with its prefix; its children in order. */
export type XmlElement = XML.Node;

/**
 * Arbitrary: the text of some thousand pages. As a tree it takes thirty times as much memory; what may well be longer, sheets,
 * is read without one.
 */
const maxTreeBytes = 32 * 1024 * 1024;
const maxTreeElements = 1_000_000;

/**
 * A document's part as a tree. Bun refuses entities that grow without measure, and never follows those that lie outside.
 *
 * @throws {Unconvertible} where it is no XML, too long or nested too deeply
 */
export function parseXml(bytes: Uint8Array): XmlElement {
  if (bytes.length > maxTreeBytes) throw tooLong();
  const root = parse(bytes);
  assertBounded(root);
  return root;
}

export function isElement(node: XmlElement["children"][number]): node is XmlElement {
  return typeof node === "object" && "name" in node;
}

/** The elements within, all or those of that name: as it is written, or without its prefix. */
export function childrenOf(element: XmlElement | undefined, name?: string): XmlElement[] {
  const children = (element?.children ?? []).filter(isElement);
  return name === undefined ? children : children.filter((child) => isNamed(child, name));
}

export function childOf(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  return path.reduce<XmlElement | undefined>(
    (parent, name) => parent?.children.find((node): node is XmlElement => isElement(node) && isNamed(node, name)),
    element,
  );
}

/** All of that name below, in the order of the document; what lies within one of them is not looked for. */
export function descendantsOf(element: XmlElement | undefined, name: string): XmlElement[] {
  return childrenOf(element).flatMap((child) => (isNamed(child, name) ? [child] : descendantsOf(child, name)));
}

/** All the text below, as it is written. */
export function textOf(node: XmlElement["children"][number] | undefined): string {
  if (typeof node === "string") return node;
  return node && isElement(node) ? node.children.map(textOf).join("") : "";
}

/** Without its prefix: which one a namespace has is each program's own choice. */
export function localName({ name }: XmlElement): string {
  return name.slice(name.indexOf(":") + 1);
}

function isNamed(element: XmlElement, name: string): boolean {
  return element.name === name || localName(element) === name;
}

function parse(bytes: Uint8Array): XmlElement {
  try {
    return XML.parse(bytes, { compact: false });
  } catch (error) {
    throw damaged(error);
  }
}

function assertBounded(root: XmlElement): void {
  let elements = 1;
  let level = [root];
  for (let depth = 1; level.length > 0; depth++) {
    assertShallow(depth);
    level = level.flatMap((element) => element.children.filter(isElement));
    elements += level.length;
    if (elements > maxTreeElements) throw tooLong();
  }
}

function tooLong(): Unconvertible {
  return new Unconvertible("it is too long to be read at once; divide it");
}
