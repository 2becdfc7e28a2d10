import { useSyncExternalStore } from "react";

/** As the style has it: below it, the sidebar is a drawer. */
const narrow = matchMedia("(max-width: 719px)");

export const isNarrow = () => narrow.matches;

export function useIsNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => narrow.matches);
}

function subscribe(onChange: () => void): () => void {
  narrow.addEventListener("change", onChange);
  return () => narrow.removeEventListener("change", onChange);
}
