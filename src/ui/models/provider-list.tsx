import { useMemo, useState } from "react";
import type { ProviderInfo } from "../../protocol/models.ts";
import { useBrowserKeys } from "./browser-keys.ts";
import { type ModelEntry, routerName } from "./entries.ts";
import { KeyDialog } from "./key-dialog.tsx";
import { LookAgain } from "./look-again.tsx";
import { useModelPreferences } from "./preferences.ts";
import { ProviderCard } from "./provider-card.tsx";
import { PublicProviders } from "./public-providers.tsx";

export interface ProviderListProps {
  readonly providers: readonly ProviderInfo[];
  readonly entries: readonly ModelEntry[];
}

/** Every provider: those that are used, those that a key would open, and those for strangers. */
export function ProviderList({ providers, entries }: ProviderListProps) {
  const [asked, setAsked] = useState<ProviderInfo>();
  const keys = useBrowserKeys((state) => state.keys);
  const agreed = useModelPreferences((state) => state.agreed);
  const counts = useMemo(() => Map.groupBy(entries, ({ choice }) => choice.provider), [entries]);
  const real = providers.filter(({ name }) => name !== routerName);
  const isUsed = ({ name, active_by_default: isActive }: ProviderInfo) =>
    isActive || keys[name] !== undefined || agreed.includes(name);
  const used = real.filter(isUsed);
  const others = real.filter((each) => !isUsed(each) && !each.public);
  const cards = (list: readonly ProviderInfo[]) => (
    <ul className="models-cards">
      {list.map((provider) => (
        <ProviderCard
          key={provider.name}
          provider={provider}
          count={counts.get(provider.name)?.length ?? 0}
          onKey={setAsked}
        />
      ))}
    </ul>
  );
  return (
    <>
      <h2>In use</h2>
      {cards(used)}
      <h2>On this machine</h2>
      <p className="muted">
        Ollama, LM Studio, llama.cpp, vLLM and Jan are found by themselves while they run, and need no key. Start one,
        and it appears above. <LookAgain />
      </p>
      <h2>With a key</h2>
      {others.length === 0 ? <p className="muted">Every provider has one.</p> : cards(others)}
      <PublicProviders />
      <KeyDialog provider={asked} onClose={() => setAsked(undefined)} />
    </>
  );
}
