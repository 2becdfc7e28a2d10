import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { unwrap } from "../../../client/index.ts";
import type { ProviderInfo, Quota } from "../../protocol/models.ts";
import { toCount, toDuration } from "../parts/amounts.ts";
import { Button } from "../parts/button.tsx";
import { toReason } from "../parts/failure.tsx";
import { client } from "../state/client.ts";
import { Health } from "./badges.tsx";
import { useBrowserKeys } from "./browser-keys.ts";
import { titleOf } from "./entries.ts";
import { KeyState } from "./key-state.tsx";
import { KeyTest } from "./key-test.tsx";
import { useMayKeepKeys } from "./provider-keys.ts";
import { toAbilities } from "./words.ts";

export interface ProviderCardProps {
  readonly provider: ProviderInfo;
  /** How many models it offers here. */
  readonly count: number;
  readonly onKey: (provider: ProviderInfo) => void;
}

/** A provider: how it stands, what it offers, and whose key it is asked with. */
export function ProviderCard({ provider, count, onKey }: ProviderCardProps) {
  const { name, url, last_error: failure, latency_ms: latency, errors } = provider;
  const hasOwnKey = useBrowserKeys(({ keys }) => keys[name] !== undefined);
  const mayTest = useMayKeepKeys() || hasOwnKey;
  const canBeAsked = provider.configured || hasOwnKey;
  const facts = [
    ...(count > 0 ? [count === 1 ? "1 model" : `${toCount(count)} models`] : []),
    ...toAbilities(provider),
    ...(latency === null ? [] : [`first word after ${toDuration(latency)}`]),
    ...(errors > 0 ? [`${errors} ${errors === 1 ? "failure" : "failures"} in five minutes`] : []),
  ];
  return (
    <li className="models-card">
      <div className="models-card-head">
        <h3>{titleOf(provider)}</h3>
        {canBeAsked && <Health provider={provider} />}
        {url !== null && (
          <a href={url} target="_blank" rel="noreferrer">
            {new URL(url).host}
          </a>
        )}
      </div>
      {facts.length > 0 && <p className="muted">{facts.join(" · ")}</p>}
      {failure && (
        <p className="muted models-failure">
          Last failure, <time dateTime={failure.at}>{new Date(failure.at).toLocaleString("en-GB")}</time>:{" "}
          {failure.message}
        </p>
      )}
      <KeyState provider={provider} onKey={onKey} />
      {canBeAsked && (
        <div className="models-card-actions">
          {mayTest && <KeyTest provider={name} />}
          <Balance provider={name} />
        </div>
      )}
    </li>
  );
}

/** What the vendor tells of an account: asked for when somebody wants to know. */
function Balance({ provider }: { readonly provider: string }) {
  const [isAsked, setIsAsked] = useState(false);
  const key = useBrowserKeys(({ keys }) => keys[provider]);
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ["quota", provider, key?.savedAt],
    queryFn: () =>
      unwrap(client.api.quota({ provider }).get({ headers: key === undefined ? {} : { "x-api-key": key.key } })),
    enabled: isAsked,
    retry: false,
  });
  return (
    <div className="models-test">
      <Button disabled={isFetching} onClick={() => (isAsked ? void refetch() : setIsAsked(true))}>
        {isFetching ? "Asking…" : "Balance"}
      </Button>
      <p role="status" className={error ? "wrong" : ""}>
        {error ? toReason(error) : data && toBalance(data)}
      </p>
    </div>
  );
}

function toBalance({ unit, remaining, used, limit, resets_at: resets }: Quota): string {
  const amounts = [
    ...(remaining === null ? [] : [`${toCount(remaining)} left`]),
    ...(used === null ? [] : [`${toCount(used)} used`]),
    ...(limit === null ? [] : [`of ${toCount(limit)}`]),
  ];
  const until = resets === null ? "" : `, anew on ${new Date(resets).toLocaleDateString("en-GB")}`;
  return `${amounts.join(", ") || "Nothing is told"}${unit === null ? "" : ` (${unit})`}${until}.`;
}
