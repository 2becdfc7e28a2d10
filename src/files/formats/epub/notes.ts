import { resolvePartPath } from "../part-path.ts";
import { readXhtmlEvents } from "../xml-events.ts";
import type { Chapter } from "./book.ts";

/** Notes that are called anywhere in a book, by where they stand (`text/notes.xhtml#n1`): their numbers. */
export type BookNotes = ReadonlyMap<string, number>;

export function findNotes(chapters: readonly Chapter[]): BookNotes {
  const notes = new Map<string, number>();
  for (const { content, path } of chapters)
    readXhtmlEvents(content, {
      opened(name, attributes) {
        if (name !== "a" || !isNoteCall(attributes)) return;
        const target = toTarget(attributes.href ?? "", path);
        if (!notes.has(target)) notes.set(target, notes.size + 1);
      },
      closed: () => {},
      text: () => {},
    });
  return notes;
}

/** What a link leads to: a document's path and an id in it. */
export function toTarget(link: string, path: string): string {
  const [file = "", id = ""] = link.split("#");
  return `${file === "" ? path : resolvePartPath(file, path)}#${id}`;
}

/** As EPUB 3, ARIA, and those who make books say it. */
export function isNoteCall(attributes: Readonly<Record<string, string>>): boolean {
  return has(attributes, /(^|\s)(noteref|doc-noteref|footnote-ref)(\s|$)/);
}

export function isWayBack(attributes: Readonly<Record<string, string>>): boolean {
  return has(attributes, /(^|\s)(backlink|doc-backlink|footnote-back|footnote-backref)(\s|$)/);
}

function has(attributes: Readonly<Record<string, string>>, words: RegExp): boolean {
  return ["epub:type", "role", "class"].some((name) => words.test(attributes[name] ?? ""));
}
