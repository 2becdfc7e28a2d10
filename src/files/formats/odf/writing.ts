import type { XmlElement } from "../xml.ts";
import type { Notes } from "./notes.ts";
import type { OdfPackage } from "./package.ts";
import type { OdfStyles } from "./styles.ts";

/** One document's text being written as HTML. */
export interface OdfWriting {
  readonly odf: OdfPackage;
  readonly styles: OdfStyles;
  readonly notes: Notes;
  /** The numbers at which numbered lists have stopped, by their styles. */
  readonly numbers: Map<string, number>;
  /** The objects within that were written already: each is once, so that none can hold itself. */
  readonly objects: Set<string>;
  /** The paragraphs, lists and tables of a text, a cell or a shape. */
  writeBlocks(elements: readonly XmlElement[]): string;
}
