import { assertText } from "./assert-text.ts";
import { openBook } from "./epub/book.ts";
import { writeChapter } from "./epub/chapter.ts";
import { findNotes } from "./epub/notes.ts";
import { createMarkdown } from "./markdown.ts";

/**
 * Books (EPUB 2 and 3), chapter by chapter in the order in which they are read, without lists of chapters.
 *
 * @throws {Unconvertible} also where it is locked (DRM)
 */
export function convertEpub(bytes: Uint8Array): string {
  const { title, chapters } = openBook(bytes);
  const notes = findNotes(chapters);
  const toMarkdown = createMarkdown();
  const parts = chapters.map((chapter) => toMarkdown(writeChapter(chapter, notes)));
  const text = parts.filter((part) => part !== "").join("\n\n");
  return assertText(withTitle(text, title, toMarkdown));
}

/** Most books say their title on their first page. */
function withTitle(text: string, title: string, toMarkdown: (html: string) => string): string {
  const heading = toMarkdown(`<h1>${Bun.escapeHTML(title)}</h1>`);
  const isSaid = text.slice(0, 2000).toLowerCase().includes(heading.replace(/^# /, "").toLowerCase());
  return isSaid || text === "" ? text : `${heading}\n\n${text}`;
}
