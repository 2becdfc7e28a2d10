import { Readability } from "@mozilla/readability";
import { linkShare, measure, measureOf, type Measures } from "./page-measure.ts";
import { lengthOf, maxElements } from "./page-tree.ts";

/**
 * Where a page's text stands, once what is around it is gone. What the page calls its main part is believed if it says
 * enough; then its articles are; else it is looked for as Firefox's reader does, which is believed if it finds most of what
 * there is.
 */
export function findMain(document: Document): Element {
  const { body } = document;
  const measures = measure(body);
  const textOf = (element: Element) => measureOf(measures, element).text;
  const whole = textOf(body);

  const mains = [...document.querySelectorAll("main, [role=main]")].filter((each) => textOf(each) >= whole / 4);
  const main = mains.toSorted((a, b) => textOf(b) - textOf(a))[0];
  if (main) return narrowed(main);

  const articles = outermost([...document.querySelectorAll("article, [itemprop=articleBody]")], textOf);
  const inArticles = articles.reduce((sum, each) => sum + textOf(each), 0);
  if (inArticles >= whole / 4) {
    const [first] = articles.toSorted((a, b) => textOf(b) - textOf(a));
    if (first && textOf(first) >= inArticles * 0.6) return first;
    return sharedHolder(articles) ?? body;
  }

  removeWays(body, measures);
  const left = measure(body);
  return readArticle(document, (element) => measureOf(left, element).text) ?? body;

  /** One article in the main part, with its heading, leaves out what is listed beside it. */
  function narrowed(element: Element): Element {
    const inside = outermost([...element.querySelectorAll("article")], textOf);
    const most = inside.find((each) => textOf(each) >= textOf(element) * 0.5);
    const isHeaded = !element.querySelector("h1") || most?.querySelector("h1");
    return most && isHeaded ? most : element;
  }
}

function outermost(elements: readonly Element[], textOf: (element: Element) => number): readonly Element[] {
  const all = new Set(elements);
  return elements.filter((element) => {
    for (let each = element.parentElement; each; each = each.parentElement) if (all.has(each)) return false;
    return textOf(element) > 0;
  });
}

function sharedHolder([first, ...others]: readonly Element[]): Element | undefined {
  let holder = first?.parentElement ?? undefined;
  while (holder && !others.every((each) => holder?.contains(each))) holder = holder.parentElement ?? undefined;
  return holder;
}

/** Lists of links to elsewhere, which no name tells from text. */
function removeWays(body: Element, measures: Measures): void {
  const half = measureOf(measures, body).text / 2;
  for (const element of body.querySelectorAll("div, td, ul, ol, p, section, center")) {
    const found = measureOf(measures, element);
    if (found.links >= 3 && found.text < half && linkShare(found) > 0.6) element.remove();
  }
}

/**
 * What Firefox's reader finds, as it stands in the page: the reader leaves out heads, dates and authors. Where all of it,
 * with the page's heading, has a holder that says hardly more, that is taken.
 */
function readArticle(document: Document, textOf: (element: Element) => number): Element | undefined {
  const { body } = document;
  const elements = [...body.querySelectorAll("*")];
  if (elements.length > maxElements) return undefined;
  for (const [index, element] of elements.entries()) element.setAttribute(mark, String(index));
  const article = new Readability(document.cloneNode(true) as Document).parse();
  if (!article?.content) return undefined;
  const found = document.createElement("div");
  found.innerHTML = article.content;
  const length = lengthOf(found);
  if (length < textOf(body) * 0.6) return undefined;
  const places = [...found.querySelectorAll(`[${mark}]`)].flatMap((each) => {
    const element = elements[Number(each.getAttribute(mark))];
    return element && element.firstElementChild === null ? element : [];
  });
  const heading = body.querySelector("h1");
  const holder = sharedHolder(heading ? [heading, ...places] : places) ?? body;
  return textOf(holder) <= length * hardlyMore ? holder : found;
}

const mark = "data-reader-place";
/** Arbitrary: a head, an author and a date of a short article are this. */
const hardlyMore = 1.35;
