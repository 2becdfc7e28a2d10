import { useEffect, useEffectEvent } from "react";

/** Escape stops what is being answered; what is open above the page is closed by it first. */
export function useEscape(isActive: boolean, onEscape: () => void): void {
  const act = useEffectEvent(onEscape);
  useEffect(() => {
    if (!isActive) return;
    const listen = (event: KeyboardEvent) => {
      const isAbove = document.querySelector("[role=dialog], [role=menu], [role=listbox]") !== null;
      if (event.key === "Escape" && !event.defaultPrevented && !isAbove) act();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, [isActive]);
}
