/**
 * Text as Markdown shows it unchanged, but for soft hyphens, which would part words for a search. As few backslashes as that takes: they are noise to a model and to a search.
 * A `<` that would open a tag or a comment never stays one, so that no document can write our own marks
 * (`<!-- Slide 3 -->`).
 */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll("\u00ad", "")
    .replace(/\\(?=[!-/:-@[-`{-~])|`|(?<!\s|^)\*|\*(?!\s|$)|<(?=[a-z/!?])|\](?=[([:])|\[(?=\^)|~(?=~)/gi, "\\$&")
    .replace(/(?<![\p{L}\p{N}_])_|_(?![\p{L}\p{N}_])/gu, "\\_")
    .replace(/^(\s*)(#{1,6}(?=\s|$)|[-+*](?=\s|$)|>|=+\s*$|-{2,}\s*$)/, "$1\\$2")
    .replace(/^(\s*\d{1,9})([.)])(?=\s|$)/, "$1\\$2");
}
