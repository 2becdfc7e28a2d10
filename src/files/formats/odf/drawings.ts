import { toFormulaText } from "../formula.ts";
import { childOf, childrenOf, descendantsOf, localName, textOf, type XmlElement } from "../xml.ts";
import type { Inline } from "./inline.ts";
import type { OdfWriting } from "./writing.ts";

/** A picture is its description, a formula its text; a text box, a chart's table and what is written on shapes stand behind. */
export function writeDrawing(element: XmlElement, writing: OdfWriting): Inline {
  const object = childOf(element, "draw:object");
  if (object) return writeObject(object, element, writing);
  // Beside a table or a text box stands a picture of it, for those who know neither.
  const isPicture =
    childOf(element, "draw:image") && !childOf(element, "table:table") && !childOf(element, "draw:text-box");
  if (isPicture) return { html: writePicture(element), after: "" };
  return {
    html: "",
    after: writing.writeBlocks(
      childrenOf(element)
        .filter(({ name }) => name !== "draw:image")
        .flatMap(contentOf),
    ),
  };
}

/** What is written on a drawing: of a text box its paragraphs, of a group its shapes. */
function contentOf(element: XmlElement): XmlElement[] {
  return element.name === "draw:text-box" ? childrenOf(element) : [element];
}

function writePicture(frame: XmlElement): string {
  const description = textOf(childOf(frame, "svg:desc")).trim() || textOf(childOf(frame, "svg:title")).trim();
  return description === "" ? "" : `<img alt="${Bun.escapeHTML(description)}">`;
}

function writeObject(object: XmlElement, frame: XmlElement, writing: OdfWriting): Inline {
  const path = `${(object.attributes["xlink:href"] ?? "").replace(/^\.\/|\/$/g, "")}/content.xml`;
  const root = childOf(object, "math") ?? (writing.objects.has(path) ? undefined : writing.odf.read(path));
  writing.objects.add(path);
  if (!root) return { html: writePicture(frame), after: "" };
  if (localName(root) === "math") return { html: Bun.escapeHTML(toFormulaText(root)), after: "" };
  const titles = ["chart:title", "chart:subtitle"].flatMap((name) => descendantsOf(root, name));
  const tables = descendantsOf(root, "table:table");
  return { html: writePicture(frame), after: writing.writeBlocks([...titles, ...tables]) };
}
