import { damaged } from "../unconvertible.ts";
import { assertText } from "./assert-text.ts";
import { createMarkdown } from "./markdown.ts";
import { openOdf } from "./odf/package.ts";
import { createWriting } from "./odf/writer.ts";
import type { OdfWriting } from "./odf/writing.ts";
import { writeSlides, type Slide } from "./slides.ts";
import { childOf, childrenOf, descendantsOf, type XmlElement } from "./xml.ts";

/** OpenDocument's presentations, slide by slide, hidden ones too, each with its speaker's notes. */
export function convertOdp(bytes: Uint8Array): string {
  const odf = openOdf(bytes);
  const content = odf.read("content.xml");
  const presentation = childOf(content, "office:body", "office:presentation");
  if (!content || !presentation) throw damaged();
  const writing = createWriting(odf, content);
  const slides = childrenOf(presentation, "draw:page").map((page) => toSlide(page, writing));
  return assertText(writeSlides(slides, createMarkdown()));
}

function toSlide(page: XmlElement, writing: OdfWriting): Slide {
  const shapes = childrenOf(page).filter((shape) => shape.name.startsWith("draw:") && !everySlide.has(placeOf(shape)));
  const titles = shapes.filter((shape) => placeOf(shape) === "title").map(toHeading);
  const others = shapes.filter((shape) => placeOf(shape) !== "title");
  const notes = childrenOf(childOf(page, "presentation:notes")).filter((shape) => placeOf(shape) === "notes");
  return {
    html: writing.writeBlocks([...titles, ...others]) + writing.notes.take(),
    notes: writing.writeBlocks(notes),
  };
}

/** Which of its layout's places a shape takes; one that nobody has written in is none. */
function placeOf({ attributes }: XmlElement): string {
  if (attributes["presentation:placeholder"] === "true") return "empty";
  return attributes["presentation:class"] ?? "";
}

const everySlide = new Set(["page-number", "date-time", "header", "footer", "page", "empty"]);

function toHeading(frame: XmlElement): XmlElement {
  const lineBreak: XmlElement = { name: "text:line-break", attributes: {}, children: [] };
  const children = descendantsOf(frame, "text:p").flatMap((paragraph) => [...paragraph.children, lineBreak]);
  return { name: "text:h", attributes: { "text:outline-level": "2" }, children: children.slice(0, -1) };
}
