import { assertText } from "./assert-text.ts";
import { createMarkdown } from "./markdown.ts";
import { findRelated, openOfficePackage, type OfficePackage } from "./office-package.ts";
import { writeShapes } from "./pptx/shapes.ts";
import { writeSlides, type Slide } from "./slides.ts";
import { childOf, childrenOf } from "./xml.ts";

/** PowerPoint's presentations, slide by slide, hidden ones too, each with its speaker's notes. */
export function convertPptx(bytes: Uint8Array): string {
  const office = openOfficePackage(bytes, "pptx");
  const relations = office.relations(office.main);
  const ids = childrenOf(childOf(office.read(office.main), "sldIdLst"), "sldId");
  const paths = ids.map(({ attributes }) => relations.get(attributes["r:id"] ?? "")?.target);
  const slides = paths.map((path) => (path === undefined ? { html: "", notes: "" } : readSlide(path, office)));
  return assertText(writeSlides(slides, createMarkdown()));
}

function readSlide(path: string, office: OfficePackage): Slide {
  const slide = { office, relations: office.relations(path) };
  const notesPath = findRelated(slide.relations, "notesSlide");
  const notes = notesPath === undefined ? undefined : office.read(notesPath);
  return {
    html: writeShapes(childOf(office.read(path), "cSld", "spTree"), slide),
    notes:
      notesPath === undefined
        ? ""
        : writeShapes(childOf(notes, "cSld", "spTree"), {
            office,
            relations: office.relations(notesPath),
            only: "body",
          }),
  };
}
