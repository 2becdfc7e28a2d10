import { useEffect } from "react";
import { useLocation } from "wouter";
import { focusMessageBox } from "./focus-message-box.ts";
import { focusSearch, useShell } from "./shell-state.ts";
import { toggleSidebar } from "./toggle-sidebar.ts";

/** With Alt and Shift: no browser, screen reader or desktop that we know of takes these letters so. */
export const shortcuts = {
  n: "Begin a new chat",
  f: "Search your chats",
  s: "Show or hide the sidebar",
  m: "Write: go to the message box",
} as const;

/** What the page's other parts do by themselves. */
export const otherKeys = [
  { keys: ["Enter"], label: "Send the message" },
  { keys: ["Shift", "Enter"], label: "Begin a new line" },
  { keys: ["Esc"], label: "Stop the answer, or close what is open" },
] as const;

export function useShortcuts(): void {
  const [, navigate] = useLocation();
  useEffect(() => {
    const acts: Readonly<Record<keyof typeof shortcuts, () => void>> = {
      n() {
        navigate("/");
        focusMessageBox();
      },
      f: focusSearch,
      s: toggleSidebar,
      m: focusMessageBox,
    };
    const hear = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      if (event.key === "?" && isHelpWanted(event)) {
        event.preventDefault();
        useShell.setState({ isHelpOpen: true });
      }
      const letter = letterOf(event);
      if (!event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey || !isShortcut(letter)) return;
      event.preventDefault();
      acts[letter]();
    };
    addEventListener("keydown", hear);
    return () => removeEventListener("keydown", hear);
  }, [navigate]);
}

function isHelpWanted({ target, altKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
  const isWriting = target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
  return useShell.getState().isHelpKeyOn && !isWriting && !altKey && !ctrlKey && !metaKey;
}

/** What the key says, or where Alt makes another sign of it, its place on the keyboard. */
function letterOf({ key, code }: KeyboardEvent): string {
  return /^[a-z]$/i.test(key) ? key.toLowerCase() : code.replace(/^Key/, "").toLowerCase();
}

function isShortcut(letter: string): letter is keyof typeof shortcuts {
  return letter in shortcuts;
}
