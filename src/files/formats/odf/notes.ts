import { childOf, childrenOf, type XmlElement } from "../xml.ts";
import type { OdfWriting } from "./writing.ts";

/** Notes and comments, which are called in the text and stand at its end; as HTML, with the ids that `markdown.ts` knows. */
export interface Notes {
  /** What calls it. */
  addNote(note: XmlElement, writing: OdfWriting): string;
  addComment(annotation: XmlElement, writing: OdfWriting): string;
  /** Those that were called since this was last asked. */
  take(): string;
}

export function createNotes(): Notes {
  let waiting: string[] = [];
  let count = 0;

  function add(kind: string, content: readonly XmlElement[], writing: OdfWriting): string {
    const number = ++count;
    // A note may hold notes; its own number comes first.
    const html = writing.writeBlocks(content);
    waiting.push(
      kind === "comment"
        ? `<dl><dt id="comment-${number}"></dt><dd>${html}</dd></dl>`
        : `<ol><li id="footnote-${number}">${html}</li></ol>`,
    );
    return `<sup><a id="${kind}-ref-${number}" href="#${kind}-${number}">${number}</a></sup>`;
  }

  return {
    addNote: (note, writing) => add("footnote", childrenOf(childOf(note, "text:note-body")), writing),
    addComment: (annotation, writing) =>
      add(
        "comment",
        childrenOf(annotation).filter(({ name }) => name.startsWith("text:")),
        writing,
      ),
    take() {
      const notes = waiting.join("");
      waiting = [];
      return notes;
    },
  };
}
