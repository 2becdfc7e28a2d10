import { useQuery } from "@tanstack/react-query";
import { Star } from "lucide-react";
import { unwrap } from "../../../client/index.ts";
import { Button } from "../parts/button.tsx";
import { client } from "../state/client.ts";
import { abilities, Health } from "./badges.tsx";
import type { ModelEntry } from "./entries.ts";
import { toggleFavourite, useModelPreferences } from "./preferences.ts";
import { isIll, toContext, toPrice } from "./words.ts";

/** Below the list: what is known of the model that the keyboard or the pointer has come to. */
export function ModelDetails({ entry }: { readonly entry: ModelEntry | undefined }) {
  if (!entry) return null;
  return (
    <div className="models-details">
      {entry.key === "auto" ? <AutoDetails /> : <EntryDetails entry={entry} />}
      {entry.key !== "auto" && <FavouriteButton favourite={entry.key} />}
    </div>
  );
}

function AutoDetails() {
  const { data } = useQuery({ queryKey: ["route"], queryFn: () => unwrap(client.api.route.get({ query: {} })) });
  const [first, second] = data?.candidates ?? [];
  if (!first) return <p className="muted">Parley chooses who answers.</p>;
  return (
    <p className="muted">
      Now {first.model} of {first.provider}
      {second && `; if it fails, ${second.model} of ${second.provider}`}.
    </p>
  );
}

function EntryDetails({ entry: { choice, offer, provider, group } }: { readonly entry: ModelEntry }) {
  const can = abilities.filter(({ name }) => offer?.[name]).map(({ label }) => label);
  const facts = [
    ...can,
    ...(offer?.context_length === undefined ? [] : [`context ${toContext(offer.context_length)}`]),
    ...(offer?.pricing ? [`${toPrice(offer.pricing)} for a million tokens`] : []),
  ];
  return (
    <div>
      <p>
        {choice.model} · {group} {provider && <Health provider={provider} />}
      </p>
      <p className="muted">{facts.join(", ") || "Nothing more is known of it."}</p>
      {provider?.last_error && isIll(provider) && <p className="wrong">{provider.last_error.message}</p>}
    </div>
  );
}

function FavouriteButton({ favourite }: { readonly favourite: string }) {
  const isFavourite = useModelPreferences(({ favourites }) => favourites.includes(favourite));
  return (
    <Button look="quiet" aria-pressed={isFavourite} onClick={() => toggleFavourite(favourite)}>
      <Star aria-hidden size={16} /> Favourite
    </Button>
  );
}
