import { linkShare, measure, measureOf, type Measures } from "./page-measure.ts";
import { lengthOf } from "./page-tree.ts";
import { asides, boxes, comments, leastLinked, namesOf, sides, ways } from "./web-page-names.ts";

/** Takes out of a page what is not its text, by what the markup says of it. */
export function removeSurroundings(document: Document): void {
  const { body } = document;
  for (const element of document.querySelectorAll(never)) element.remove();
  const measures = measure(body);
  const kept = holdersOfMain(document);
  const half = measureOf(measures, body).text / 2;
  const isMost = (element: Element) => measureOf(measures, element).text > half;
  prune(body, (element) => {
    if (kept.main.has(element)) return false;
    if (isAround(element)) return kept.main.size > 0 || !isMost(element);
    return !kept.heading.has(element) && !isMost(element) && isNamedAround(element, measures);
  });
  if (!isDiscussion(document)) removeComments(body);
}

/** Pictures say little to who reads words, but for formulas. */
const never =
  "script, style, noscript, template, iframe, object, embed, svg, canvas, audio, video, input, select, textarea, label, " +
  "sup.reference, img:not([class*=math]):not([class*=tex])";

interface Holders {
  readonly main: ReadonlySet<Element>;
  readonly heading: ReadonlySet<Element>;
}

/** What holds that which pages call their main part, or their heading, is not taken out for its name. */
function holdersOfMain(document: Document): Holders {
  return {
    main: holdersOf(document.querySelectorAll("main, [role=main], [itemprop=articleBody]")),
    heading: holdersOf(document.querySelectorAll("h1")),
  };
}

function holdersOf(elements: Iterable<Element>): ReadonlySet<Element> {
  const holders = new Set<Element>();
  for (const element of elements) {
    for (let each: Element | null = element; each && !holders.has(each); each = each.parentElement) holders.add(each);
  }
  return holders;
}

function prune(root: Element, isUnwanted: (element: Element) => boolean): void {
  let next: Element | null = null;
  for (let element = root.firstElementChild; element; element = next) {
    next = element.nextElementSibling;
    if (isUnwanted(element)) element.remove();
    // In code, classes are a highlighter's.
    else prune(element, element.localName === "pre" ? isAround : isUnwanted);
  }
}

/** By its tag, its role, or because nobody sees it. */
function isAround(element: Element): boolean {
  const { localName } = element;
  if (localName === "nav" || localName === "dialog" || isHidden(element)) return true;
  if (roles.test(element.getAttribute("role") ?? "") || element.getAttribute("aria-modal") === "true") return true;
  if (localName === "a") return isMark(element);
  if (localName === "button") return !isWhole(element, element.closest("h1, h2, h3, h4, h5, h6, summary, dt"));
  if (localName === "aside") return !boxes.test(namesOf(element));
  if (localName === "footer") return !element.closest("blockquote") && !boxes.test(namesOf(element));
  return localName === "header" && !element.closest("main, article, [role=main], section");
}

/** A link to the place where it stands, which shows a sign alone. */
function isMark(link: Element): boolean {
  if (!link.getAttribute("href")?.startsWith("#")) return false;
  const text = link.textContent ?? "";
  return text.length < 10 && /^[\s#§¶∞🔗\u200b]*$/u.test(text);
}

/** Whether it says all that its holder does: headings are buttons where they open what is below them. */
function isWhole(element: Element, holder: Element | null): boolean {
  return holder !== null && lengthOf(element) >= lengthOf(holder) * 0.9;
}

const roles =
  /^(navigation|banner|contentinfo|search|dialog|alertdialog|menu|menubar|toolbar|tab|complementary|status)$/;

function isHidden(element: Element): boolean {
  const hidden = element.getAttribute("hidden");
  if (hidden !== null && hidden !== "until-found") return true;
  if (element.getAttribute("aria-hidden") === "true") return true;
  return /(^|;)\s*(display\s*:\s*none|visibility\s*:\s*hidden)/i.test(element.getAttribute("style") ?? "");
}

function isNamedAround(element: Element, measures: Measures): boolean {
  if (ofText.test(element.localName)) return false;
  const names = namesOf(element);
  if (names.trim() === "") return false;
  if (asides.test(names)) return true;
  if (inline.test(element.localName)) return false;
  return sides.test(names) || (ways.test(names) && linkShare(measureOf(measures, element)) >= leastLinked);
}

/** What a text is made of, whose ids are words of its own. */
const ofText = /^(h[1-6]|pre|code|dt|body|main|tr|td|th)$/;

/** They are parts of lines, and lines are not laid out around a text. */
const inline = /^(a|abbr|b|code|em|i|li|q|small|span|strong|sub|sup|time)$/;

/** Where people talk, what they say is the text. */
function isDiscussion(document: Document): boolean {
  return (
    document.querySelector("[itemtype*='/QAPage'], [itemtype*='/Question'], [itemtype*='/DiscussionForumPosting']") !==
    null
  );
}

/** Unless there is hardly anything else: then it is they that the page is there for. */
function removeComments(body: Element): void {
  const all = measure(body);
  const found: Element[] = [];
  collect(body);
  const length = found.reduce((sum, element) => sum + measureOf(all, element).text, 0);
  const rest = measureOf(all, body).text - length;
  if (rest < shortText && rest < length / 4) return;
  for (const element of found) element.remove();

  function collect(root: Element): void {
    for (let element = root.firstElementChild; element; element = element.nextElementSibling) {
      if (comments.test(namesOf(element)) && !element.querySelector("h1, main")) found.push(element);
      else collect(element);
    }
  }
}

/** Arbitrary, in characters. */
const shortText = 600;
