import { closest, distance } from "fastest-levenshtein";

/** `; did you mean port?` where one of the known names is near enough, else nothing. */
export function suggestion(name: string, known: readonly string[]): string {
  const folded = name.toLowerCase();
  const byFolded = new Map(known.map((each) => [each.toLowerCase(), each]));
  const nearest = closest(folded, [...byFolded.keys()]);
  return distance(folded, nearest) <= Math.max(2, name.length / 3) ? `; did you mean ${byFolded.get(nearest)}?` : "";
}

/** Those of the known names that are most like one, the likest first. */
export function nearestNames(name: string, known: readonly string[], count: number): string[] {
  const folded = name.toLowerCase();
  const far = new Map(known.map((each) => [each, distance(folded, each.toLowerCase())]));
  return [...far.keys()].sort((a, b) => (far.get(a) ?? 0) - (far.get(b) ?? 0)).slice(0, count);
}

/** The one whose value is nearest in proportion: half is as far from one as twice. Of equally near ones the first. */
export function nearestInProportion<T>(
  known: readonly T[],
  asked: number,
  valueOf: (each: T) => number,
): T | undefined {
  const distance = (each: T) => Math.abs(Math.log(valueOf(each) / asked));
  return known.toSorted((a, b) => distance(a) - distance(b))[0];
}
