export interface SnippetPiece {
  readonly text: string;
  readonly isFound: boolean;
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#x27": "'" };

/** A snippet's HTML, escaped text with `<mark>` around what was found, as the texts that it is made of. */
export function toPieces(html: string): readonly SnippetPiece[] {
  return html
    .split(/(<mark>.*?<\/mark>)/s)
    .filter((each) => each !== "")
    .map((each) => {
      const found = /^<mark>(.*)<\/mark>$/s.exec(each)?.[1];
      return { text: unescape(found ?? each), isFound: found !== undefined };
    });
}

function unescape(text: string): string {
  return text.replace(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole);
}
