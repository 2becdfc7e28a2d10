import { create } from "zustand";
import { persist } from "zustand/middleware";
import { followTabs } from "../state/follow-tabs.ts";
import { mergeKept } from "../state/kept.ts";

/** A provider's key that this browser keeps, and when it was entered, which tells it from one before. */
export interface BrowserKey {
  readonly key: string;
  readonly savedAt: number;
}

interface BrowserKeys {
  readonly keys: Readonly<Record<string, BrowserKey>>;
}

/** By the providers' names. They stand in this browser alone, and go to the server with each question, which keeps none. */
export const useBrowserKeys = create<BrowserKeys>()(
  persist((): BrowserKeys => ({ keys: {} }), { name: "parley-provider-keys", merge: mergeKept }),
);
followTabs(useBrowserKeys);

/** As a request takes them in `api_key`. */
export function browserKeys(): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(useBrowserKeys.getState().keys).map(([name, { key }]) => [name, key]));
}

export function keepInBrowser(provider: string, key: string): void {
  useBrowserKeys.setState(({ keys }) => ({ keys: { ...keys, [provider]: { key, savedAt: Date.now() } } }));
}

export function forgetInBrowser(provider: string): void {
  useBrowserKeys.setState(({ keys }) => ({
    keys: Object.fromEntries(Object.entries(keys).filter(([name]) => name !== provider)),
  }));
}
