import { parseHTML } from "linkedom";
import { assertShallow } from "./nesting.ts";

/**
 * A page as a tree, whole even where its tags are not, and no deeper than can be walked through.
 *
 * @throws {Unconvertible} where it is nested too deeply
 */
export function parsePage(html: string): Document {
  const mended = closeHeadings(html);
  const { document } = parseHTML(/<html\b/i.test(html) ? mended : `<!doctype html><html><body>${mended}</body></html>`);
  assertShallow(depthOf(document.documentElement));
  completeBody(document);
  return document;
}

/** Any heading's end ends the heading that is open, as HTML's standard has it; this parser would make a heading of all that follows. */
function closeHeadings(html: string): string {
  let open: string | undefined;
  return html.replace(/<(\/?)h([1-6])(?=[\s/>])/gi, (tag, slash: string, level: string) => {
    const closed = open;
    open = slash === "" ? level : undefined;
    if (closed === undefined || (slash === "/" && closed === level)) return tag;
    return slash === "/" ? `</h${closed}` : `</h${closed}>${tag}`;
  });
}

/** The tags of head and body may be left out, which this parser does not know: what stands outside of both is the body's. */
function completeBody({ documentElement, head, body }: Document): void {
  const strays = [...head.childNodes].filter((node) => !isOfHead.test(node.nodeName) && node.nodeType !== commentType);
  const others = [...documentElement.childNodes].filter((node) => node !== head && node !== body);
  body.prepend(...strays);
  body.append(...others);
}

const isOfHead = /^(title|meta|link|base|style|script|noscript|template)$/i;
const commentType = 8;

/** Without calling itself: that is what depth is dangerous to. */
function depthOf(root: Element): number {
  let deepest = 0;
  let depth = 0;
  for (let element: Element | null = root; element;) {
    if (element.firstElementChild) {
      element = element.firstElementChild;
      deepest = Math.max(deepest, ++depth);
      continue;
    }
    while (element && !element.nextElementSibling) {
      element = element.parentElement;
      depth--;
    }
    element = element?.nextElementSibling ?? null;
  }
  return deepest;
}

/** What its links are relative to. */
export function baseOf(document: Document, url: string): string {
  return URL.parse(document.querySelector("base")?.getAttribute("href") ?? "", url)?.href ?? url;
}

/** Links within the page stay what they are: they lead nowhere else. */
export function completeLinks(document: Document, base: string): void {
  for (const link of document.querySelectorAll("a[href]")) {
    const href = link.getAttribute("href")?.trim() ?? "";
    const target = href.startsWith("#") ? null : URL.parse(href, base);
    if (target) link.setAttribute("href", target.href);
  }
}

/** In characters, without blanks. */
export function lengthOf({ textContent }: { readonly textContent?: string | null | undefined }): number {
  return (textContent ?? "").replace(/\s+/g, "").length;
}

/** Of pages with more of them Readability would take minutes to find the main part. */
export const maxElements = 50_000;
