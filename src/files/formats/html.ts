import { Readability } from "@mozilla/readability";
import { parseHTML } from "linkedom";
import { createMarkdown } from "./markdown.ts";
import { assertShallow } from "./nesting.ts";

/**
 * A page's main text as Markdown, under its title. What the page says is its main part is believed; else it is looked for,
 * and taken if it is most of the page: a document that was saved as a page has no less to say than it shows.
 *
 * `url` is where it comes from, by which its links become whole.
 *
 * @throws {Unconvertible} where it is nested too deeply
 */
export function htmlToMarkdown(html: string, url?: string): string {
  const { document } = parseHTML(/<html\b/i.test(html) ? html : `<!doctype html><html><body>${html}</body></html>`);
  assertShallow(depthOf(document.documentElement));
  completeBody(document);
  for (const element of document.querySelectorAll(never)) element.remove();
  if (url !== undefined) completeLinks(document, url);
  const title = document.title.replace(/\s+/g, " ").trim();
  const text = createMarkdown()(findMain(document)).trim();
  if (text === "" || isTitled(text, title)) return text;
  return `# ${title}\n\n${text}`;
}

const never = "script, style, noscript, template, iframe, object, embed, svg, canvas, [hidden]";
/** What stands on every page of a site. */
const around = "nav, aside, footer, header, [role=navigation], [role=banner], [role=contentinfo], [role=search]";

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

function completeLinks(document: Document, url: string): void {
  const base = URL.parse(document.querySelector("base")?.getAttribute("href") ?? "", url)?.href ?? url;
  for (const link of document.querySelectorAll("a[href]")) {
    const target = URL.parse(link.getAttribute("href") ?? "", base);
    if (target) link.setAttribute("href", target.href);
  }
}

function findMain(document: Document): string {
  const [main, ...others] = document.querySelectorAll("main, [role=main]");
  if (main && others.length === 0 && lengthOf(main) > 0) return main.innerHTML;
  const { body } = document;
  const whole = body.innerHTML;
  if (!body.querySelector(around)) return whole;
  const found = readArticle(document.cloneNode(true) as Document);
  // An article has a head and a foot of its own.
  for (const element of body.querySelectorAll(around)) if (!element.closest("article")) element.remove();
  const left = lengthOf(body);
  if (found && found.length > left * 0.7) return found.html;
  return left > 0 ? body.innerHTML : whole;
}

/** More would take minutes. */
const maxElements = 50_000;

function readArticle(document: Document): { readonly html: string; readonly length: number } | undefined {
  if (document.querySelectorAll("*").length > maxElements) return undefined;
  const article = new Readability(document).parse();
  return article?.content
    ? { html: article.content, length: (article.textContent ?? "").replace(/\s+/g, "").length }
    : undefined;
}

function lengthOf({ textContent }: Element): number {
  return (textContent ?? "").replace(/\s+/g, "").length;
}

/** Whether it begins with its title, with which the site's name often stands together. */
function isTitled(text: string, title: string): boolean {
  const [, heading] = /^#{1,6} (.*)/.exec(text) ?? [];
  return title === "" || (heading !== undefined && title.includes(heading.replaceAll("\\", "").trim()));
}
