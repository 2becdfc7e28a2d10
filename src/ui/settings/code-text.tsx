/** A sentence of the server's, in which code stands in backticks. */
export function CodeText({ text }: { readonly text: string }) {
  // Every other piece stood within backticks.
  return text.split("`").map((piece, index) => (index % 2 === 1 ? <code key={index}>{piece}</code> : piece));
}
