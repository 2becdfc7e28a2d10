import { create } from "zustand";
import { persist } from "zustand/middleware";
import { followTabs } from "../state/follow-tabs.ts";
import { mergeKept } from "../state/kept.ts";

/** What somebody prefers among models; kept in this browser. */
export interface ModelPreferences {
  /** Keys of entries, in the order in which they were chosen. */
  readonly favourites: readonly string[];
  /** Public providers that somebody has agreed to ask. */
  readonly agreed: readonly string[];
}

export const useModelPreferences = create<ModelPreferences>()(
  persist((): ModelPreferences => ({ favourites: [], agreed: [] }), { name: "parley-models", merge: mergeKept }),
);
followTabs(useModelPreferences);

export function toggleFavourite(key: string): void {
  useModelPreferences.setState(({ favourites }) => ({
    favourites: favourites.includes(key) ? favourites.filter((each) => each !== key) : [...favourites, key],
  }));
}

export function agreeTo(provider: string): void {
  useModelPreferences.setState(({ agreed }) => ({ agreed: [...new Set([...agreed, provider])] }));
}

export function withdraw(provider: string): void {
  useModelPreferences.setState(({ agreed }) => ({ agreed: agreed.filter((each) => each !== provider) }));
}
