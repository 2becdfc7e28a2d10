/** What notes are called in Markdown. */
export interface NoteLabels {
  /** The label of the note of that id, which begins with its kind: 1, 2, …; `comment-1` for a comment. */
  of(id: string): string;
}

/** Footnotes and endnotes are numbered together, in the order in which they are first asked for; comments on their own. */
export function createNoteLabels(): NoteLabels {
  const labels = new Map<string, string>();
  let notes = 0;
  let comments = 0;
  return {
    of(id) {
      const label = labels.get(id) ?? (id.startsWith("comment-") ? `comment-${++comments}` : String(++notes));
      labels.set(id, label);
      return label;
    },
  };
}
