import { toFormulaText } from "../formula.ts";
import { assertShallow } from "../nesting.ts";
import { readXhtmlEvents } from "../xml-events.ts";
import type { XmlElement } from "../xml.ts";
import type { Chapter } from "./book.ts";
import { isNoteCall, isWayBack, toTarget, type BookNotes } from "./notes.ts";

/** A chapter as the HTML that `markdown.ts` knows: every tag closed, notes by its ids, formulas as text, pictures without sources. */
export function writeChapter({ content, path }: Chapter, notes: BookNotes): string {
  const html: string[] = [];
  /** The end tags of what is open; of what is left out, nothing. */
  const ends: string[] = [];
  let outside = 0;
  const formula: XmlElement[] = [];

  readXhtmlEvents(content, {
    opened(name, attributes) {
      assertShallow(ends.length);
      ends.push("");
      if (outside > 0 || isLeftOut(name, attributes)) {
        outside++;
        return;
      }
      if (name === "math" || formula.length > 0) {
        const element: XmlElement = { name, attributes: { ...attributes }, children: [] };
        formula.at(-1)?.children.push(element);
        formula.push(element);
        return;
      }
      const tag = noteOf(attributes) === undefined || !blocks.has(name) ? name : "li";
      ends[ends.length - 1] = voids.has(tag) ? "" : `</${tag}>`;
      html.push(`<${tag}${writeAttributes(name, attributes)}>`);
    },
    text(text) {
      if (outside > 0) return;
      if (formula.length > 0) formula.at(-1)?.children.push(text);
      else html.push(Bun.escapeHTML(text));
    },
    closed() {
      const end = ends.pop() ?? "";
      if (outside > 0) {
        outside--;
        return;
      }
      const element = formula.pop();
      if (element && formula.length === 0) html.push(Bun.escapeHTML(toFormulaText(element)));
      if (!element) html.push(end);
    },
  });
  return html.join("");

  function noteOf({ id }: Readonly<Record<string, string>>): number | undefined {
    return id === undefined ? undefined : notes.get(`${path}#${id}`);
  }

  function writeAttributes(name: string, attributes: Readonly<Record<string, string>>): string {
    const kept = keptAttributes.flatMap((key) =>
      attributes[key] === undefined ? [] : [[key, attributes[key]] as const],
    );
    const called =
      name === "a" && isNoteCall(attributes) ? notes.get(toTarget(attributes.href ?? "", path)) : undefined;
    const note = blocks.has(name) ? noteOf(attributes) : undefined;
    const written = new Map<string, string>(kept);
    if (called !== undefined) written.set("href", `#footnote-${called}`).set("id", `footnote-ref-${called}`);
    if (note !== undefined) written.set("id", `footnote-${note}`);
    return [...written].map(([key, value]) => ` ${key}="${Bun.escapeHTML(value)}"`).join("");
  }
}

const keptAttributes = ["href", "alt", "colspan", "rowspan", "start", "class"] as const;
const voids = new Set([
  "area",
  "base",
  "br",
  "col",
  "embed",
  "hr",
  "img",
  "input",
  "link",
  "meta",
  "source",
  "track",
  "wbr",
]);
/** What a note may be. */
const blocks = new Set(["aside", "li", "div", "p", "section"]);

/** Heads, scripts, navigation, the numbers of pages on paper, and the way back from a note. */
function isLeftOut(name: string, attributes: Readonly<Record<string, string>>): boolean {
  if (/^(head|script|style|nav|template)$/.test(name)) return true;
  if (/pagebreak/.test(`${attributes["epub:type"] ?? ""} ${attributes.role ?? ""}`)) return true;
  return name === "a" && isWayBack(attributes);
}
