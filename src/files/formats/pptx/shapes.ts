import { writeChart } from "../chart.ts";
import type { OfficePackage, Relation } from "../office-package.ts";
import { childOf, childrenOf, descendantsOf, localName, type XmlElement } from "../xml.ts";
import { writeText } from "./text.ts";

/** The slide that shapes stand on, and which of its places are wanted: all but what stands on every slide, or one kind. */
export interface Surroundings {
  readonly office: OfficePackage;
  readonly relations: ReadonlyMap<string, Relation>;
  readonly only?: string;
}

/** Shapes as HTML in the order in which they are read out, which is the file's; the title comes first wherever it stands. */
export function writeShapes(tree: XmlElement | undefined, slide: Surroundings): string {
  const shapes = childrenOf(tree).flatMap(unwrap);
  const titles = shapes.filter((shape) => isTitle(placeOf(shape)));
  const others = shapes.filter((shape) => !isTitle(placeOf(shape)));
  return [...titles, ...others].map((shape) => writeShape(shape, slide)).join("");
}

function writeShape(shape: XmlElement, slide: Surroundings): string {
  const kind = localName(shape);
  if (kind === "grpSp") return writeShapes(shape, slide);
  const place = placeOf(shape);
  if (slide.only === undefined ? everySlide.has(place ?? "") : place !== slide.only) return "";
  if (kind === "sp" || kind === "cxnSp")
    return writeText(childOf(shape, "txBody"), { ...slide, isTitle: isTitle(place), isList: isList(place) });
  if (kind === "pic") return writePicture(shape);
  return kind === "graphicFrame" ? writeGraphic(shape, slide) : "";
}

/** What programs differ in is there twice; the newer of the two says more. */
function unwrap(element: XmlElement): XmlElement[] {
  if (localName(element) !== "AlternateContent") return [element];
  return childrenOf(childOf(element, "Choice") ?? childOf(element, "Fallback")).flatMap(unwrap);
}

/** Which of its layout's places a shape takes: `title`, `body`, …; a text in a place of no kind is the slide's body. */
function placeOf(shape: XmlElement): string | undefined {
  const properties = childrenOf(shape).find((child) => /^nv\w*Pr$/.test(localName(child)));
  const place = childOf(properties, "nvPr", "ph");
  return place && (place.attributes.type ?? "obj");
}

const everySlide = new Set(["sldNum", "dt", "ftr", "hdr"]);

function isTitle(place: string | undefined): boolean {
  return place === "title" || place === "ctrTitle";
}

function isList(place: string | undefined): boolean {
  return place === "body" || place === "obj";
}

function writePicture(shape: XmlElement): string {
  const description = childOf(shape, "nvPicPr", "cNvPr")?.attributes.descr ?? "";
  return description.trim() === "" ? "" : `<p><img alt="${Bun.escapeHTML(description)}"></p>`;
}

function writeGraphic(frame: XmlElement, slide: Surroundings): string {
  const data = childOf(frame, "graphic", "graphicData");
  const table = childOf(data, "tbl");
  if (table) return writeTable(table, slide);
  const chart = readRelated(childOf(data, "chart")?.attributes["r:id"], slide);
  if (chart) return writeChart(chart);
  const diagram = readRelated(childOf(data, "relIds")?.attributes["r:dm"], slide);
  // SmartArt: its points, of which those that only hold it together have no text.
  return descendantsOf(childOf(diagram, "ptLst"), "t")
    .map((text) => writeText(text, { ...slide, isTitle: false, isList: true }))
    .join("");
}

function readRelated(id: string | undefined, { office, relations }: Surroundings): XmlElement | undefined {
  const relation = relations.get(id ?? "");
  return relation && !relation.isExternal ? office.read(relation.target) : undefined;
}

function writeTable(table: XmlElement, slide: Surroundings): string {
  const rows = childrenOf(table, "tr").map((row) => {
    const cells = childrenOf(row, "tc").filter(
      ({ attributes }) => !isTrue(attributes.hMerge) && !isTrue(attributes.vMerge),
    );
    return `<tr>${cells.map((cell) => writeCell(cell, slide)).join("")}</tr>`;
  });
  return `<table>${rows.join("")}</table>`;
}

function writeCell(cell: XmlElement, slide: Surroundings): string {
  const { gridSpan = "1", rowSpan = "1" } = cell.attributes;
  const text = writeText(childOf(cell, "txBody"), { ...slide, isTitle: false, isList: false });
  return `<td colspan="${Number.parseInt(gridSpan, 10)}" rowspan="${Number.parseInt(rowSpan, 10)}">${text}</td>`;
}

function isTrue(value: string | undefined): boolean {
  return value === "1" || value === "true";
}
