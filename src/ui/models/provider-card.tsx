import type { ProviderInfo } from "../../protocol/models.ts";
import { toCountOf, toDuration } from "../parts/amounts.ts";
import { Moment } from "../parts/moment.tsx";
import { Agreement } from "./agreement.tsx";
import { Health } from "./badges.tsx";
import { Balance } from "./balance.tsx";
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
    ...(count > 0 ? [toCountOf(count, "model", "models")] : []),
    ...toAbilities(provider),
    ...(latency === null ? [] : [`first word after ${toDuration(latency)}`]),
    ...(errors > 0 ? [`${errors} ${errors === 1 ? "failure" : "failures"} in five minutes`] : []),
  ];
  return (
    <li className="card models-card">
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
        <p className="muted">
          Last failure, <Moment at={failure.at} />: {failure.message}
        </p>
      )}
      <KeyState provider={provider} onKey={onKey} />
      <Agreement provider={provider} />
      {canBeAsked && !provider.last_resort && (
        <div className="models-card-actions">
          {mayTest && <KeyTest provider={name} />}
          {provider.tells_quota && <Balance provider={name} />}
        </div>
      )}
    </li>
  );
}
