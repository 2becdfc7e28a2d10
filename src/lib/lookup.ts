/** A table's entry for a word from outside. What every object inherits, such as `constructor`, is no entry. */
export function lookUp<T>(table: Readonly<Record<string, T>>, word: string | null | undefined): T | undefined {
  return word != null && Object.hasOwn(table, word) ? table[word] : undefined;
}
