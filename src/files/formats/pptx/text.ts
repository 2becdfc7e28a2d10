import { toFormulaText } from "../formula.ts";
import type { Relation } from "../office-package.ts";
import { childOf, childrenOf, descendantsOf, localName, textOf, type XmlElement } from "../xml.ts";

export interface TextSetting {
  readonly relations: ReadonlyMap<string, Relation>;
  readonly isTitle: boolean;
  /** Whether its paragraphs have bullets where they say nothing of it, as the layout's body has. */
  readonly isList: boolean;
}

/** What is written on a shape (DrawingML, ECMA-376 part 1 §21.1.2) as HTML. */
export function writeText(body: XmlElement | undefined, setting: TextSetting): string {
  const paragraphs = childrenOf(body, "p").map((paragraph) => toParagraph(paragraph, setting));
  const written = paragraphs.filter(({ html }) => html.trim() !== "");
  if (setting.isTitle) return written.length === 0 ? "" : `<h2>${written.map(({ html }) => html).join("<br>")}</h2>`;
  let html = "";
  let open: string[] = [];
  for (const paragraph of written) {
    const wanted = paragraph.list === undefined ? 0 : paragraph.level + 1;
    html += open
      .splice(wanted)
      .toReversed()
      .map((list) => `</li></${list}>`)
      .join("");
    if (paragraph.list === undefined) {
      html += `<p>${paragraph.html}</p>`;
      continue;
    }
    if (open.length === wanted) html += "</li><li>";
    while (open.length < wanted) {
      open.push(paragraph.list);
      html += `<${paragraph.list}><li>`;
    }
    html += paragraph.html;
  }
  return (
    html +
    open
      .toReversed()
      .map((list) => `</li></${list}>`)
      .join("")
  );
}

interface Paragraph {
  readonly html: string;
  readonly level: number;
  readonly list: "ul" | "ol" | undefined;
}

function toParagraph(paragraph: XmlElement, setting: TextSetting): Paragraph {
  const properties = childOf(paragraph, "pPr");
  const level = Number.parseInt(properties?.attributes.lvl ?? "0", 10);
  return {
    html: childrenOf(paragraph)
      .map((run) => writeRun(run, setting))
      .join(""),
    level: level > 0 ? Math.min(level, 8) : 0,
    list: toList(properties, setting),
  };
}

function toList(properties: XmlElement | undefined, { isList }: TextSetting): "ul" | "ol" | undefined {
  const names = new Set(childrenOf(properties).map(localName));
  if (names.has("buNone")) return undefined;
  if (names.has("buAutoNum")) return "ol";
  return isList || names.has("buChar") || names.has("buBlip") ? "ul" : undefined;
}

function writeRun(run: XmlElement, setting: TextSetting): string {
  const { relations } = setting;
  switch (localName(run)) {
    case "r":
      return writeWords(run, relations);
    case "fld":
      return run.attributes.type === "slidenum" ? "" : writeWords(run, relations);
    case "br":
      return "<br>";
    case "AlternateContent":
    case "m": {
      // A formula, and beside it a picture of it.
      const [formula] = [...descendantsOf(run, "oMathPara"), ...descendantsOf(run, "oMath")];
      return formula
        ? Bun.escapeHTML(toFormulaText(formula))
        : childrenOf(childOf(run, "Choice"))
            .map((each) => writeRun(each, setting))
            .join("");
    }
    default:
      return "";
  }
}

function writeWords(run: XmlElement, relations: ReadonlyMap<string, Relation>): string {
  const properties = childOf(run, "rPr");
  const { b: bold, i: italic, strike, baseline = "0" } = properties?.attributes ?? {};
  const isOn = (value: string | undefined) => value === "1" || value === "true";
  const tags = [
    Number(baseline) > 0 && "sup",
    Number(baseline) < 0 && "sub",
    isOn(bold) && "strong",
    isOn(italic) && "em",
    strike !== undefined && strike !== "noStrike" && "s",
  ].filter((tag) => typeof tag === "string");
  const html = tags.reduce((inner, tag) => `<${tag}>${inner}</${tag}>`, Bun.escapeHTML(textOf(childOf(run, "t"))));
  const link = relations.get(childOf(properties, "hlinkClick")?.attributes["r:id"] ?? "");
  return link?.isExternal ? `<a href="${Bun.escapeHTML(link.target)}">${html}</a>` : html;
}
