import { create } from "zustand";
import { persist } from "zustand/middleware";
import { mergeKept } from "../state/kept.ts";

type Parameters = Readonly<Record<string, unknown>>;

interface Accepted {
  readonly last: Parameters | undefined;
  readonly byProvider: Readonly<Record<string, Parameters>>;
}

/** What providers have said that they take, with an example or default of each: the `parameters` events of their answers. */
const useAccepted = create<Accepted>()(
  persist((): Accepted => ({ last: undefined, byProvider: {} }), { name: "parley-accepted", merge: mergeKept }),
);

/** With each `parameters` event, and the provider that the event before it named. */
export function rememberAccepted(provider: string, parameters: Parameters): void {
  useAccepted.setState(({ byProvider }) => ({
    last: parameters,
    byProvider: { ...byProvider, [provider]: parameters },
  }));
}

/** Of the provider that is chosen, else of the one that answered last; `undefined` before any answer. */
export function useAcceptedParameters(provider: string | undefined): Parameters | undefined {
  return useAccepted(({ last, byProvider }) => (provider === undefined ? last : byProvider[provider]));
}
