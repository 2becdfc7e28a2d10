import type { Line } from "./lines.ts";

/**
 * Without what stands at the same place at the edges of several pages, but for its number: titles and page numbers, which
 * would stand in the middle of sentences. It is kept where it comes first.
 */
export function dropRepeated(pages: readonly (readonly Line[])[]): readonly (readonly Line[])[] {
  const counts = new Map<string, number>();
  for (const key of pages.flatMap((lines) => [...edges(lines)].map(keyOf))) counts.set(key, (counts.get(key) ?? 0) + 1);
  const seen = new Set<string>();
  return pages.map((lines) => {
    const atEdge = edges(lines);
    return lines.filter((line) => {
      const key = keyOf(line);
      if (!atEdge.has(line) || (counts.get(key) ?? 0) < 3) return true;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
  });
}

/** The two highest and the two lowest lines. */
function edges(lines: readonly Line[]): ReadonlySet<Line> {
  const sorted = lines.toSorted((a, b) => a.baseline - b.baseline);
  return new Set([...sorted.slice(0, 2), ...sorted.slice(-2)]);
}

function keyOf({ text, baseline }: Line): string {
  return `${Math.round(baseline / 4)} ${text.replace(/\p{N}+/gu, "#")}`;
}
