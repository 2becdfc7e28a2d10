import { useShell } from "./shell-state.ts";
import { isNarrow } from "./use-is-narrow.ts";

/** The focus stays with the button, which is another one then. */
export function toggleSidebar(): void {
  const hadFocus = document.activeElement?.id === "sidebar-toggle";
  useShell.setState(({ isCollapsed, isDrawerOpen }) =>
    isNarrow() ? { isDrawerOpen: !isDrawerOpen } : { isCollapsed: !isCollapsed },
  );
  if (hadFocus) setTimeout(() => document.getElementById("sidebar-toggle")?.focus(), 0);
}
