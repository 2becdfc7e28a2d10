/**
 * Puts blanks where a page's style does: `<span>Ann</span><time>5 May</time>` in a box stands apart on every page that does
 * so, and is one word without it. In running text neighbours may well be one word.
 */
export function partNeighbours(document: Document): void {
  for (const element of document.querySelectorAll([...inline].join(", "))) {
    const next = element.nextSibling;
    if (next && inline.has(next.nodeName.toLowerCase()) && !isInRunningText(element)) element.after(" ");
  }
}

const inline: ReadonlySet<string> = new Set(["a", "abbr", "b", "cite", "em", "small", "span", "strong", "time"]);
const running: ReadonlySet<string> = new Set("p h1 h2 h3 h4 h5 h6 pre code dt blockquote bdi".split(" "));

function isInRunningText(element: Element): boolean {
  for (let each: Element | null = element; each; each = each.parentElement)
    if (running.has(each.localName)) return true;
  return false;
}
