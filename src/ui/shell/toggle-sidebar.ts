import { useShell } from "./shell-state.ts";

/** The focus stays with the button, which is another one then. */
export function toggleSidebar(): void {
  const hadFocus = document.activeElement?.id === "sidebar-toggle";
  useShell.setState(({ isCollapsed, isDrawerOpen }) => ({ isCollapsed: !isCollapsed, isDrawerOpen: !isDrawerOpen }));
  if (hadFocus) setTimeout(() => document.getElementById("sidebar-toggle")?.focus(), 0);
}
