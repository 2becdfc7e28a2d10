import { Readability } from "@mozilla/readability";
import { createMarkdown } from "./markdown.ts";
import { lengthOf, maxElements, parsePage } from "./page-tree.ts";

/**
 * A page's main text as Markdown, under its title. What the page says is its main part is believed; else it is looked for,
 * and taken if it is most of the page: a document that was saved as a page has no less to say than it shows.
 *
 * @throws {Unconvertible} where it is nested too deeply
 */
export function htmlToMarkdown(html: string): string {
  const document = parsePage(html);
  for (const element of document.querySelectorAll(never)) element.remove();
  const title = document.title.replace(/\s+/g, " ").trim();
  const text = createMarkdown()(findMain(document)).trim();
  if (text === "" || isTitled(text, title)) return text;
  return `# ${title}\n\n${text}`;
}

const never = "script, style, noscript, template, iframe, object, embed, svg, canvas, [hidden]";
/** What stands on every page of a site. */
const around = "nav, aside, footer, header, [role=navigation], [role=banner], [role=contentinfo], [role=search]";

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

function readArticle(document: Document): { readonly html: string; readonly length: number } | undefined {
  if (document.querySelectorAll("*").length > maxElements) return undefined;
  const article = new Readability(document).parse();
  return article?.content ? { html: article.content, length: lengthOf(article) } : undefined;
}

/** Whether it begins with its title, with which the site's name often stands together. */
function isTitled(text: string, title: string): boolean {
  const [, heading] = /^#{1,6} (.*)/.exec(text) ?? [];
  return title === "" || (heading !== undefined && title.includes(heading.replaceAll("\\", "").trim()));
}
