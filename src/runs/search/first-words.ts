/** Of scripts without spaces a word is about two characters; of others, with the space after it, six. */
const spaceless = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/** About so many words of a text's beginning, as whole lines where that leaves most of them. */
export function firstWords(text: string, maxWords: number): string {
  const isSpaceless = spaceless.test(text.slice(0, 1000));
  const maxLength = maxWords * (isSpaceless ? 2 : 8);
  let end = Math.min(text.length, maxLength);
  if (!isSpaceless) {
    const words = /\S+\s*/g;
    for (let count = 0; count < maxWords && words.lastIndex < end; count++)
      if (!words.test(text)) words.lastIndex = end;
    end = Math.min(end, words.lastIndex);
  }
  if (end >= text.length) return text;
  const line = text.lastIndexOf("\n", end);
  const cut = text.slice(0, line > end / 2 ? line : end).trimEnd();
  // A block of code that is cut is closed.
  const fences = cut.match(/^ {0,3}```/gm) ?? [];
  return fences.length % 2 === 0 ? cut.toWellFormed() : `${cut}\n\`\`\``;
}
