import { closest, distance } from "fastest-levenshtein";

/** `; did you mean port?` where one of the known names is near enough, else nothing. */
export function suggestion(name: string, known: readonly string[]): string {
  const folded = name.toLowerCase();
  const byFolded = new Map(known.map((each) => [each.toLowerCase(), each]));
  const nearest = closest(folded, [...byFolded.keys()]);
  return distance(folded, nearest) <= Math.max(2, name.length / 3) ? `; did you mean ${byFolded.get(nearest)}?` : "";
}
