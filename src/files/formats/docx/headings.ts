import { childOf, childrenOf, type XmlElement } from "../xml.ts";

/**
 * Paragraph styles that stand in the outline, on their own or by what they are based on, as the headings that they are:
 * Mammoth knows headings by the names that Word gives them, others give them others.
 */
export function withOutlineHeadings(styles: XmlElement): XmlElement {
  const byId = new Map(childrenOf(styles, "style").map((style) => [style.attributes["w:styleId"] ?? "", style]));
  const children = styles.children.map((node) => {
    if (typeof node === "string" || !("name" in node) || node.attributes["w:type"] !== "paragraph") return node;
    const level = levelOf(node, byId);
    return level === undefined ? node : renamed(node, `heading ${level + 1}`);
  });
  return { ...styles, children };
}

/** The style that a paragraph gets which stands in the outline by itself, whatever style it has. */
export function outlineStyle(level: number): string {
  return `outline-${level}`;
}

/** 0 to 5; deeper ones are text. */
function levelOf(style: XmlElement, byId: ReadonlyMap<string, XmlElement>): number | undefined {
  const seen = new Set<XmlElement>();
  for (let each: XmlElement | undefined = style; each && !seen.has(each);) {
    seen.add(each);
    const level = childOf(each, "pPr", "outlineLvl")?.attributes["w:val"];
    if (level !== undefined) return /^[0-5]$/.test(level) ? Number(level) : undefined;
    each = byId.get(childOf(each, "basedOn")?.attributes["w:val"] ?? "");
  }
  return undefined;
}

function renamed(style: XmlElement, name: string): XmlElement {
  const rest = childrenOf(style).filter((child) => child !== childOf(style, "name"));
  return { ...style, children: [{ name: "w:name", attributes: { "w:val": name }, children: [] }, ...rest] };
}
