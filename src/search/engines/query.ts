/** What an engine takes. */
export interface QueryLimits {
  /** In characters. */
  readonly maxLength: number;
  readonly maxWords?: number;
}

/** The first words of a question, as many as an engine takes; of a single word that is too long, its beginning. */
export function toQuery(text: string, { maxLength, maxWords = Infinity }: QueryLimits): string {
  const words = text.trim().split(/\s+/).slice(0, Math.min(maxWords, maxLength));
  // Half a character at its end, where it was cut, goes.
  let query = words[0]?.slice(0, maxLength).replace(/[\ud800-\udbff]$/, "") ?? "";
  for (const word of words.slice(1)) {
    if (query.length + 1 + word.length > maxLength) break;
    query += ` ${word}`;
  }
  return query;
}
