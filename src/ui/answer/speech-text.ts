import { type Token, marked } from "marked";

/** Addresses hold so much in any script, and the first words are not waited for long. */
const maxPieceLength = 400;

/** An answer as it is read aloud: without the signs of Markdown, and in pieces that end where sentences do. */
export function toSpeech(markdown: string): readonly string[] {
  const blocks = marked.lexer(markdown).map(sayBlock);
  return blocks
    .flatMap((block) => cut(block.replace(/\s+/g, " ").trim()))
    .filter((piece) => /[\p{L}\p{N}]/u.test(piece));
}

/** Nobody wants code, or HTML, read to them. */
function sayBlock(token: Token): string {
  switch (token.type) {
    case "code":
    case "html":
    case "hr":
    case "space":
    case "def":
      return "";
    case "list":
      return tokensOf(token.items)
        .map((item) => endSentence(sayAll(item.tokens)))
        .join(" ");
    case "table":
      return [token.header, ...token.rows]
        .map((row) =>
          endSentence(
            tokensOf(row)
              .map((cell) => sayAll(cell.tokens))
              .join(", "),
          ),
        )
        .join(" ");
    case "heading":
    case "paragraph":
      return endSentence(sayAll(token.tokens));
    default:
      return sayToken(token);
  }
}

function sayAll(tokens: readonly Token[] = []): string {
  return tokens.map(sayToken).join("");
}

function sayToken(token: Token): string {
  if (token.type === "image") return token.text;
  if (token.type === "html") return "";
  if (token.type === "br") return " ";
  if (["list", "code", "table", "paragraph"].includes(token.type)) return ` ${sayBlock(token)}`;
  if ("tokens" in token && token.tokens) return sayAll(token.tokens);
  return unescape("text" in token && typeof token.text === "string" ? token.text : "");
}

/** The parser's types leave these open. */
function tokensOf(value: unknown): readonly { readonly tokens?: Token[] }[] {
  return Array.isArray(value) ? value : [];
}

/** So that a voice pauses after it. */
function endSentence(text: string): string {
  const words = text.trim();
  return words === "" || /[.!?:;…。！？]["')\]]*$/u.test(words) ? words : `${words}.`;
}

function unescape(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? "");
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

/** At sentences, else between words, else anywhere. */
function cut(text: string): readonly string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const { segment } of sentences.segment(text)) {
    if (piece !== "" && piece.length + segment.length > maxPieceLength) {
      pieces.push(piece.trim());
      piece = "";
    }
    piece += segment;
    while (piece.length > maxPieceLength) {
      const space = piece.lastIndexOf(" ", maxPieceLength);
      const end = space > 0 ? space : maxPieceLength;
      pieces.push(piece.slice(0, end).trim());
      piece = piece.slice(end);
    }
  }
  return [...pieces, piece.trim()];
}

const sentences = new Intl.Segmenter(undefined, { granularity: "sentence" });
