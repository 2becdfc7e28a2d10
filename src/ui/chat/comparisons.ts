import { create } from "zustand";
import { persist } from "zustand/middleware";
import { followTabs } from "../state/follow-tabs.ts";
import { mergeKept } from "../state/kept.ts";

/** By chat, the runs whose answers stand beside each other until one of them is kept. */
export const useComparisons = create<{ readonly runs: Readonly<Record<string, readonly string[]>> }>()(
  persist((): { readonly runs: Readonly<Record<string, readonly string[]>> } => ({ runs: {} }), {
    name: "parley-compared",
    merge: mergeKept,
  }),
);
followTabs(useComparisons);

export function compare(chatId: string, runIds: readonly string[]): void {
  useComparisons.setState(({ runs }) => ({ runs: { ...runs, [chatId]: runIds } }));
}

export function endComparison(chatId: string): void {
  useComparisons.setState(({ runs: { [chatId]: _, ...others } }) => ({ runs: others }));
}
