import { useEffect, useRef } from "react";
import { useLocation } from "wouter";

/** How long a page may take to come: arbitrary. */
const patienceMs = 10_000;

/** Whoever goes to another page has its `main` under the keyboard, unless the page puts the focus somewhere in it. */
export function useFocusOnNavigation(): void {
  const [path] = useLocation();
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    return whenMainIsThere((main) => main.contains(document.activeElement) || focusMain(main));
  }, [path]);
}

export function focusMain(main = document.getElementById("main")): void {
  main?.focus({ preventScroll: true });
}

function whenMainIsThere(act: (main: HTMLElement) => void): () => void {
  const look = () => {
    const main = document.getElementById("main");
    if (!main?.checkVisibility()) return false;
    act(main);
    return true;
  };
  if (look()) return () => {};
  const observer = new MutationObserver(() => look() && stop());
  const timer = setTimeout(stop, patienceMs);
  observer.observe(document.body, { childList: true, subtree: true });
  return stop;

  function stop(): void {
    observer.disconnect();
    clearTimeout(timer);
  }
}
