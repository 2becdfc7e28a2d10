import type { OfficePackage } from "../office-package.ts";
import { childrenOf, descendantsOf, localName, textOf, type XmlElement } from "../xml.ts";

/**
 * The document with its headers before and its footers behind it, each text once: a letter's sender is often written nowhere
 * else. "Page 3 of 9" says nothing.
 */
export function withMargins(root: XmlElement, office: OfficePackage): XmlElement {
  const related = [...office.relations(office.main).values()].filter(({ isExternal }) => !isExternal);
  const seen = new Set<string>();
  const paragraphsOf = (type: string) =>
    related
      .filter((relation) => relation.type === type)
      .flatMap(({ target }) => descendantsOf(office.read(target), "p").map(toLine))
      .filter((line) => line !== "" && !seen.has(line) && seen.add(line))
      .map(toParagraph);
  const headers = paragraphsOf("header");
  const footers = paragraphsOf("footer");
  const children = root.children.map((node) =>
    typeof node === "object" && "name" in node && localName(node) === "body"
      ? { ...node, children: [...headers, ...node.children, ...footers] }
      : node,
  );
  return { ...root, children };
}

function toLine(paragraph: XmlElement): string {
  const line = runsOf(paragraph).join("").replace(/\s+/g, " ").trim();
  const isNumbered = /\b(NUM)?PAGES?\b/.test(fieldsOf(paragraph));
  return (line.match(/\p{L}+/gu) ?? []).length > (isNumbered ? 2 : 0) ? line : "";
}

function runsOf(element: XmlElement): string[] {
  return childrenOf(element).flatMap((child) => {
    const name = localName(child);
    if (name === "t") return [textOf(child)];
    if (name === "tab" || name === "ptab" || name === "br") return [" "];
    return name === "del" || name === "moveFrom" || name === "Fallback" || name === "pPr" ? [] : runsOf(child);
  });
}

function fieldsOf(paragraph: XmlElement): string {
  const simple = descendantsOf(paragraph, "fldSimple").map(({ attributes }) => attributes["w:instr"] ?? "");
  return [...descendantsOf(paragraph, "instrText").map(textOf), ...simple].join(" ");
}

function toParagraph(text: string): XmlElement {
  const run: XmlElement = {
    name: "w:r",
    attributes: {},
    children: [{ name: "w:t", attributes: {}, children: [text] }],
  };
  return { name: "w:p", attributes: {}, children: [run] };
}
