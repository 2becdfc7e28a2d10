import { create } from "zustand";
import { persist } from "zustand/middleware";
import { isNarrow } from "./use-is-narrow.ts";

interface ShellState {
  /** Kept in this browser. */
  readonly isCollapsed: boolean;
  /** Whether `?` opens the list of shortcuts: who speaks to the computer may not want a single letter to do anything. */
  readonly isHelpKeyOn: boolean;
  readonly isDrawerOpen: boolean;
  readonly isHelpOpen: boolean;
  /** The search is to have the focus as soon as it is there. */
  readonly wantsSearch: boolean;
}

/** What stands around the page, and how. */
export const useShell = create<ShellState>()(
  persist(
    (): ShellState => ({
      isCollapsed: false,
      isHelpKeyOn: true,
      isDrawerOpen: false,
      isHelpOpen: false,
      wantsSearch: false,
    }),
    { name: "parley-shell", partialize: ({ isCollapsed, isHelpKeyOn }) => ({ isCollapsed, isHelpKeyOn }) },
  ),
);

export const searchId = "chat-search";

export function focusSearch(): void {
  const field = document.getElementById(searchId);
  if (field) field.focus();
  else useShell.setState({ wantsSearch: true, ...(isNarrow() ? { isDrawerOpen: true } : { isCollapsed: false }) });
}
