import { toPieces } from "./snippet-pieces.ts";

/** What a search found, with the words that were looked for marked. */
export function Snippet({ html }: { readonly html: string }) {
  return toPieces(html).map(({ text, isFound }, index) => (isFound ? <mark key={index}>{text}</mark> : text));
}
