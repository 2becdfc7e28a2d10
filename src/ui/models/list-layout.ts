import type { ListRow } from "./entries.ts";

/** In pixels, as models.css has them: heights that are known need not be measured. */
const heights = { heading: 30, entry: 50 };
/** Beyond what is in sight, so that scrolling meets no gap. */
const margin = 200;

export interface PlacedRow {
  readonly row: ListRow;
  readonly top: number;
  readonly height: number;
}

/** Where each row of a long list stands. */
export interface ListLayout {
  readonly height: number;
  /** Those that are in sight between two heights, and a few more. */
  between(from: number, to: number): readonly PlacedRow[];
  placeOf(key: string | undefined): PlacedRow | undefined;
}

export function toLayout(rows: readonly ListRow[]): ListLayout {
  let height = 0;
  const placed = rows.map((row): PlacedRow => {
    const place = { row, top: height, height: heights[row.kind] };
    height += place.height;
    return place;
  });
  const byKey = new Map(placed.flatMap((each) => (each.row.kind === "entry" ? [[each.row.entry.key, each]] : [])));
  return {
    height,
    between: (from, to) => placed.filter(({ top }) => top > from - margin && top < to + margin),
    placeOf: (key) => (key === undefined ? undefined : byKey.get(key)),
  };
}
