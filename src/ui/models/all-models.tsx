import { Star } from "lucide-react";
import { useMemo, useState } from "react";
import { toCount } from "../parts/amounts.ts";
import { Button, IconButton } from "../parts/button.tsx";
import { More } from "../parts/more.tsx";
import { SearchField } from "../parts/search-field.tsx";
import { useAskOptions } from "../state/ask-options.ts";
import { Badges } from "./badges.tsx";
import { keyOf, type ModelEntry, search } from "./entries.ts";
import { toggleFavourite, useModelPreferences } from "./preferences.ts";

/** So many more each time that the end comes into sight. */
const step = 40;

/** All models, searched, with all that is known of them. */
export function AllModels({ entries }: { readonly entries: readonly ModelEntry[] }) {
  const [typed, setTyped] = useState("");
  const [shown, setShown] = useState(step);
  const found = useMemo(
    () =>
      search(
        entries.filter(({ key }) => key !== "auto"),
        typed,
      ),
    [entries, typed],
  );
  return (
    <section aria-labelledby="models-all">
      <div className="models-all-head">
        <h2 id="models-all">Models</h2>
        <SearchField label="Search models" onSearch={setTyped} />
        <p className="muted" role="status">
          {found.length === 0 ? "No model has all of these words." : `${toCount(found.length)} found`}
        </p>
      </div>
      <ul className="models-all">
        {found.slice(0, shown).map((entry) => (
          <Line key={entry.key} entry={entry} />
        ))}
      </ul>
      <More hasMore={found.length > shown} isLoading={false} onMore={() => setShown(shown + step)} />
    </section>
  );
}

function Line({ entry: { key, label, choice, maker, group, offer } }: { readonly entry: ModelEntry }) {
  const isFavourite = useModelPreferences(({ favourites }) => favourites.includes(key));
  const isChosen = useAskOptions((state) => keyOf(state.choice) === key);
  return (
    <li className="models-line">
      <div>
        <p>{label}</p>
        <p className="muted">
          {[group, maker, ...(choice.model === label ? [] : [choice.model])].filter(Boolean).join(" · ")}{" "}
          <Badges offer={offer} />
        </p>
      </div>
      <IconButton label={`Favourite: ${label}`} aria-pressed={isFavourite} onClick={() => toggleFavourite(key)}>
        <Star aria-hidden size={18} />
      </IconButton>
      <Button
        aria-label={`${isChosen ? "Chosen" : "Choose"}: ${label} of ${group}`}
        aria-pressed={isChosen}
        onClick={() => useAskOptions.setState({ choice })}
      >
        {isChosen ? "Chosen" : "Choose"}
      </Button>
    </li>
  );
}
