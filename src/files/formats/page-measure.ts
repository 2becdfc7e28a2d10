/** How much an element says, in characters without blanks. */
export interface Measure {
  readonly text: number;
  /** Of that, in links. */
  readonly linked: number;
  readonly links: number;
}

export type Measures = ReadonlyMap<Element, Measure>;

const none: Measure = { text: 0, linked: 0, links: 0 };

/** Of each element, found in one walk: asked one by one, each would be read again for all that it lies in. */
export function measure(root: Element): Measures {
  const measures = new Map<Element, Measure>();
  walk(root);
  return measures;

  function walk(element: Element): Measure {
    let [text, linked, links] = [0, 0, 0];
    for (let node = element.firstChild; node; node = node.nextSibling) {
      if (node.nodeType === textType) text += (node.nodeValue ?? "").replace(/\s+/g, "").length;
      if (node.nodeType !== elementType) continue;
      const inner = walk(node as Element);
      text += inner.text;
      linked += inner.linked;
      links += inner.links;
    }
    // One that holds others was never closed.
    if (element.localName === "a" && links === 0 && element.hasAttribute("href")) [linked, links] = [text, 1];
    const found = { text, linked, links };
    measures.set(element, found);
    return found;
  }
}

const elementType = 1;
const textType = 3;

export function measureOf(measures: Measures, element: Element): Measure {
  return measures.get(element) ?? none;
}

/** Which share of what it says stands in links; of what says nothing, none. */
export function linkShare({ text, linked }: Measure): number {
  return text === 0 ? 0 : linked / text;
}
