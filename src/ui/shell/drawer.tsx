import { Dialog } from "@base-ui/react/dialog";
import { Menu as MenuIcon, SquarePen, X } from "lucide-react";
import { useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { focusMain } from "./focus-on-navigation.ts";
import { NewChatLink } from "./new-chat-link.tsx";
import { searchId, useShell } from "./shell-state.ts";
import { Sidebar } from "./sidebar.tsx";

/** On a phone: a bar on top, and the sidebar behind its button. */
export function Drawer() {
  const isOpen = useShell(({ isDrawerOpen }) => isDrawerOpen);
  const [path] = useLocation();
  const wasOpenedAt = useRef(path);
  useEffect(() => {
    useShell.setState({ isDrawerOpen: false });
  }, [path]);

  function change(open: boolean): void {
    wasOpenedAt.current = path;
    useShell.setState({ isDrawerOpen: open });
  }

  return (
    <Dialog.Root open={isOpen} onOpenChange={change}>
      <header className="topbar">
        <Dialog.Trigger className="button quiet icon" aria-label="Chats and pages" title="Chats and pages">
          <MenuIcon aria-hidden size={20} />
        </Dialog.Trigger>
        <span className="topbar-name">Parley</span>
        <NewChatLink className="quiet icon" label="New chat">
          <SquarePen aria-hidden size={18} />
        </NewChatLink>
      </header>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup
          className="drawer sidebar"
          initialFocus={() => (useShell.getState().wantsSearch ? document.getElementById(searchId) : true)}
          // Whoever has gone to a page is there, and not at the button again.
          finalFocus={() => {
            if (wasOpenedAt.current === path) return true;
            focusMain();
            return false;
          }}
        >
          <Dialog.Title className="visually-hidden">Chats and pages</Dialog.Title>
          <Sidebar
            close={
              <Dialog.Close className="button quiet icon" aria-label="Close" title="Close">
                <X aria-hidden size={18} />
              </Dialog.Close>
            }
          />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
