import { childOf, childrenOf, descendantsOf, type XmlElement } from "../xml.ts";

/** What a style says of text, as far as Markdown can say it too. */
export interface TextStyle {
  readonly isBold: boolean;
  readonly isItalic: boolean;
  readonly isStruck: boolean;
  readonly raised: "sup" | "sub" | undefined;
}

export interface OdfStyles {
  /** Of a span. */
  textStyle(name: string | undefined): TextStyle;
  /** What a paragraph's own style adds; those that have names, such as headings, are bold for everybody. */
  ownTextStyle(name: string | undefined): TextStyle;
  /** The style's name, and those of what it is based on. */
  ancestry(name: string | undefined): readonly string[];
  /** Whether the items of a list are numbered at this level, of which 1 is the first. */
  isNumbered(listStyle: string | undefined, level: number): boolean;
  isHidden(name: string | undefined): boolean;
}

/** The styles of `content.xml`, which programs make as they save, and those of `styles.xml`, which people know. */
export function readStyles(...roots: readonly (XmlElement | undefined)[]): OdfStyles {
  const holders = roots.flatMap((root) => [childOf(root, "office:styles"), childOf(root, "office:automatic-styles")]);
  const styles = new Map<string, XmlElement>();
  const lists = new Map<string, XmlElement>();
  for (const style of holders.flatMap((holder) => childrenOf(holder))) {
    const name = style.attributes["style:name"] ?? "";
    // Families have names of their own, of which programs make little use; a paragraph's and a text's are told apart here.
    if (style.name === "style:style") styles.set(keyOf(style.attributes["style:family"] ?? "", name), style);
    if (style.name === "text:list-style") lists.set(name, style);
  }

  const chainOf = (family: string, name: string | undefined) => {
    const chain: XmlElement[] = [];
    for (let each = styles.get(keyOf(family, name ?? "")); each && !chain.includes(each);) {
      chain.push(each);
      each = styles.get(keyOf(family, each.attributes["style:parent-style-name"] ?? ""));
    }
    return chain;
  };

  return {
    textStyle: (name) => toTextStyle(chainOf("text", name)),
    ownTextStyle: (name) => toTextStyle(chainOf("paragraph", name).slice(0, 1)),
    ancestry: (name) => [
      name ?? "",
      ...chainOf("paragraph", name).map((each) => each.attributes["style:parent-style-name"] ?? ""),
    ],
    isNumbered(listStyle, level) {
      const levels = childrenOf(lists.get(listStyle ?? ""));
      const found = levels.find(({ attributes }) => attributes["text:level"] === String(level));
      return found?.name === "text:list-level-style-number" && (found.attributes["style:num-format"] ?? "") !== "";
    },
    isHidden: (name) =>
      chainOf("table", name).some((each) =>
        descendantsOf(each, "style:table-properties").some(({ attributes }) => attributes["table:display"] === "false"),
      ),
  };
}

function keyOf(family: string, name: string): string {
  return `${family} ${name}`;
}

function toTextStyle(chain: readonly XmlElement[]): TextStyle {
  const valueOf = (...names: readonly string[]) =>
    chain
      .flatMap((style) => names.map((name) => childOf(style, "style:text-properties")?.attributes[name]))
      .find((value) => value !== undefined);
  const weight = valueOf("fo:font-weight") ?? "";
  const position = valueOf("style:text-position") ?? "";
  return {
    isBold: weight === "bold" || Number(weight) >= 600,
    isItalic: /^(italic|oblique)$/.test(valueOf("fo:font-style") ?? ""),
    isStruck: (valueOf("style:text-line-through-type", "style:text-line-through-style") ?? "none") !== "none",
    raised: toRaised(position),
  };
}

/** `super 58%`, or by how much of its height: `33% 58%`. */
function toRaised(position: string): "sup" | "sub" | undefined {
  const [height = ""] = position.split(" ");
  if (height === "super" || Number.parseFloat(height) > 0) return "sup";
  return height === "sub" || Number.parseFloat(height) < 0 ? "sub" : undefined;
}
