import { Combobox } from "@base-ui/react/combobox";
import { Star } from "lucide-react";
import { Badges } from "./badges.tsx";
import type { ModelEntry } from "./entries.ts";
import { toggleFavourite, useModelPreferences } from "./preferences.ts";
import { isIll } from "./words.ts";

export interface ModelRowProps {
  readonly entry: ModelEntry;
  /** Its place among all, of which few are rendered. */
  readonly index: number;
  readonly count: number;
}

export function ModelRow({ entry, index, count }: ModelRowProps) {
  const isFavourite = useModelPreferences(({ favourites }) => favourites.includes(entry.key));
  const { provider, offer, label, key } = entry;
  return (
    <Combobox.Item value={entry} index={index} className="models-row" aria-posinset={index + 1} aria-setsize={count}>
      <span className="models-row-name">
        {label} {provider && isIll(provider) && <span className="models-ill">{provider.status}</span>}
      </span>
      <span className="models-row-more">
        {key === "auto" ? "The best that can answer now" : entry.group} <Badges offer={offer} />
      </span>
      {key !== "auto" && (
        // For the pointer alone: an option holds no button; by keyboard it is the button below the list.
        <span
          aria-hidden
          className={isFavourite ? "models-star chosen" : "models-star"}
          onClick={(event) => {
            event.stopPropagation();
            event.preventDefault();
            toggleFavourite(key);
          }}
        >
          <Star size={16} />
        </span>
      )}
    </Combobox.Item>
  );
}
