import { PanelLeftClose } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "../parts/button.tsx";
import { useLiveShares } from "../shares/live-shares.ts";
import { useAddress } from "../state/address.ts";
import { Boundary } from "./boundary.tsx";
import { ConnectionBanner } from "./connection-banner.tsx";
import { Drawer } from "./drawer.tsx";
import { useFocusOnNavigation } from "./focus-on-navigation.ts";
import { Rail } from "./rail.tsx";
import { useShell } from "./shell-state.ts";
import { ShortcutHelp } from "./shortcut-help.tsx";
import { useShortcuts } from "./shortcuts.ts";
import { Sidebar } from "./sidebar.tsx";
import { SkipLink } from "./skip-link.tsx";
import { toggleSidebar } from "./toggle-sidebar.ts";
import { useIsNarrow } from "./use-is-narrow.ts";

/** What stands around every page. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const [at] = useAddress();
  const isNarrow = useIsNarrow();
  const isCollapsed = useShell((state) => state.isCollapsed);
  useShortcuts();
  useFocusOnNavigation();
  useLiveShares();
  const look = isNarrow ? "narrow" : isCollapsed ? "collapsed" : "wide";
  return (
    <div className={`shell ${look}`}>
      <SkipLink />
      <ConnectionBanner />
      {look === "narrow" && <Drawer />}
      {look === "collapsed" && <Rail />}
      {look === "wide" && (
        <div className="sidebar">
          <Sidebar
            close={
              <IconButton id="sidebar-toggle" label="Hide the sidebar" aria-expanded onClick={toggleSidebar}>
                <PanelLeftClose aria-hidden size={18} />
              </IconButton>
            }
          />
        </div>
      )}
      <Boundary at={at}>{children}</Boundary>
      <ShortcutHelp />
    </div>
  );
}
