import type { Pdfium } from "./pdfium.ts";
import { readUtf16 } from "./strings.ts";

/** A part of a tagged document, as far as it is on one page. */
export interface Element {
  /** `P`, `H1`, `Table` …, or what the document calls it. */
  readonly role: string;
  /** What stands for a picture. */
  readonly alternative: string;
  /** In order: parts, and the numbers of marked content. */
  readonly children: readonly (Element | number)[];
}

/** Deeper than any real document, and than an attack may lead us. */
const maxDepth = 60;
const maxElements = 100_000;

/** Empty if the page is not tagged. */
export function readTree(pdfium: Pdfium, page: number): readonly Element[] {
  const tree = pdfium.FPDF_StructTree_GetForPage(page);
  if (tree === 0) return [];
  let left = maxElements;
  try {
    return indexes(pdfium.FPDF_StructTree_CountChildren(tree)).flatMap((index) =>
      readElement(pdfium.FPDF_StructTree_GetChildAtIndex(tree, index), 0),
    );
  } finally {
    pdfium.FPDF_StructTree_Close(tree);
  }

  function readElement(element: number, depth: number): Element[] {
    if (element === 0 || depth > maxDepth || left-- <= 0) return [];
    const children = indexes(pdfium.FPDF_StructElement_CountChildren(element)).flatMap(
      (index): (Element | number)[] => {
        const mark = pdfium.FPDF_StructElement_GetChildMarkedContentID(element, index);
        return mark >= 0 ? [mark] : readElement(pdfium.FPDF_StructElement_GetChildAtIndex(element, index), depth + 1);
      },
    );
    const role = readUtf16(pdfium, (buffer, length) => pdfium.FPDF_StructElement_GetType(element, buffer, length));
    const alternative = readUtf16(pdfium, (buffer, length) =>
      pdfium.FPDF_StructElement_GetAltText(element, buffer, length),
    );
    return [{ role, alternative, children }];
  }
}

function indexes(count: number): number[] {
  return Array.from({ length: Math.max(0, Math.min(count, maxElements)) }, (_, index) => index);
}
