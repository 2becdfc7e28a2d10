import { outlineStyle } from "./headings.ts";
import { toFormulaText } from "../formula.ts";
import { assertShallow } from "../nesting.ts";
import { childOf, childrenOf, descendantsOf, isElement, localName, type XmlElement } from "../xml.ts";

/**
 * A part of a document in the words that Mammoth knows: formulas as text, what stands in fields, in ruby and in changes of
 * direction as if it stood alone, text boxes once, wherever their drawing is kept, and calls only of notes that there are.
 */
export function simplify(root: XmlElement, notes: KnownNotes): XmlElement {
  assertShallowFields(root);
  return simplifyElement(root, notes);
}

/** The notes and comments that there are, as `footnote 2`: Mammoth fails at those that are called and missing. */
export type KnownNotes = ReadonlySet<string>;

/** Fields begin and end in elements of their own; Mammoth looks at all that are open, at each. */
function assertShallowFields(root: XmlElement): void {
  let depth = 0;
  for (const { attributes } of descendantsOf(root, "fldChar")) {
    if (attributes["w:fldCharType"] === "begin") assertShallow(++depth);
    if (attributes["w:fldCharType"] === "end") depth = Math.max(0, depth - 1);
  }
}

function simplifyElement(root: XmlElement, notes: KnownNotes): XmlElement {
  return { ...root, children: root.children.flatMap((node) => simplifyNode(node, notes)) };
}

type Node = XmlElement["children"][number];

function simplifyNode(node: Node, notes: KnownNotes): Node[] {
  if (!isElement(node)) return [node];
  const called = /^(footnote|endnote|comment)Reference$/.exec(localName(node))?.[1];
  if (called && !notes.has(`${called} ${node.attributes["w:id"]}`)) return [];
  const simpler = simplifications[localName(node)]?.(node);
  return simpler ? simpler.flatMap((each) => simplifyNode(each, notes)) : [simplifyElement(node, notes)];
}

const simplifications: Readonly<Record<string, (element: XmlElement) => Node[] | undefined>> = {
  oMathPara: (element) => [toRun(toFormulaText(element))],
  oMath: (element) => [toRun(toFormulaText(element))],
  // The number of a page is nowhere but on paper.
  fldSimple: (element) => (/^\s*(PAGE|NUMPAGES)\b/.test(element.attributes["w:instr"] ?? "") ? [] : element.children),
  p: (element) => {
    const level = childOf(element, "pPr", "outlineLvl")?.attributes["w:val"] ?? "";
    return /^[0-5]$/.test(level) ? [toHeading(element, Number(level) + 1)] : undefined;
  },
  dir: ({ children }) => children,
  bdo: ({ children }) => children,
  ruby: (element) => childOf(element, "rubyBase")?.children ?? [],
  ptab: () => [toElement("w:tab")],
  cr: () => [toElement("w:br")],
  AlternateContent: (element) => {
    const fallback = childOf(element, "Fallback");
    if (descendantsOf(fallback, "txbxContent").length > 0) return toTextBoxes(fallback);
    const choice = childOf(element, "Choice");
    return toTextBoxes(choice) ?? (choice ?? fallback)?.children ?? [];
  },
  drawing: toTextBoxes,
};

function toHeading(paragraph: XmlElement, level: number): XmlElement {
  const style: XmlElement = { name: "w:pStyle", attributes: { "w:val": outlineStyle(level) }, children: [] };
  const [properties, ...rest] = childrenOf(paragraph);
  return { ...paragraph, children: [toElement("w:pPr", [style]), ...rest.filter((child) => child !== properties)] };
}

/** Text boxes of a drawing, as they were kept before there were drawings. */
function toTextBoxes(drawing: XmlElement | undefined): Node[] | undefined {
  const boxes = descendantsOf(drawing, "txbxContent");
  return boxes.length === 0 ? undefined : [toElement("w:pict", boxes)];
}

function toRun(text: string): XmlElement {
  return toElement("w:r", [toElement("w:t", [text])]);
}

function toElement(name: string, children: Node[] = []): XmlElement {
  return { name, attributes: {}, children };
}
