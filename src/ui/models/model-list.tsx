import { Combobox } from "@base-ui/react/combobox";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { type ModelEntry, toRows } from "./entries.ts";
import { ModelRow } from "./model-row.tsx";
import { toLayout } from "./list-layout.ts";

export interface ModelListProps {
  readonly entries: readonly ModelEntry[];
  readonly favourites: readonly string[];
  /** The one that the keyboard has come to, which is kept in sight. */
  readonly lit: ModelEntry | undefined;
}

/** However many there are, those in sight are rendered alone. */
export function ModelList({ entries, favourites, lit }: ModelListProps) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const layout = useMemo(() => toLayout(toRows(entries, favourites)), [entries, favourites]);

  useLayoutEffect(() => {
    const place = layout.placeOf(lit?.key);
    const { current } = box;
    if (!current || !place) return;
    const { scrollTop, clientHeight } = current;
    if (place.top < scrollTop) current.scrollTop = place.top;
    else if (place.top + place.height > scrollTop + clientHeight)
      current.scrollTop = place.top + place.height - clientHeight;
  }, [layout, lit]);

  return (
    <Combobox.List
      ref={box}
      aria-label="Models"
      className="models-list"
      onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
    >
      <div className="models-list-space" role="presentation" style={{ height: layout.height }}>
        {layout.between(top, top + 600).map(({ row, top: at, height }) => (
          <div
            key={row.kind === "entry" ? row.entry.key : `heading ${row.label}`}
            role="presentation"
            className="models-list-place"
            style={{ top: at, height }}
          >
            {row.kind === "entry" ? (
              <ModelRow entry={row.entry} index={row.index} count={entries.length} />
            ) : (
              <div className="models-heading" role="presentation">
                {row.label}
              </div>
            )}
          </div>
        ))}
      </div>
    </Combobox.List>
  );
}
