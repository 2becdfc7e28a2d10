import { Keyboard, SquarePen } from "lucide-react";
import { type ReactNode, useState } from "react";
import { IconButton } from "../parts/button.tsx";
import { ShareDialog } from "../shares/share-dialog.tsx";
import { ChatList } from "./chat-list.tsx";
import { ChatSearch } from "./chat-search.tsx";
import { Navigation } from "./navigation.tsx";
import { NewChatLink } from "./new-chat-link.tsx";
import { SearchResults } from "./search-results.tsx";
import { useShell } from "./shell-state.ts";
import { ThemeMenu } from "./theme-menu.tsx";

/** One's chats, and the way to every other page. `close`: the button that puts it away. */
export function Sidebar({ close }: { readonly close: ReactNode }) {
  const [words, setWords] = useState("");
  const [isArchived, setIsArchived] = useState(false);
  const [sharing, setSharing] = useState<string>();
  return (
    <>
      <div className="sidebar-head">
        <span className="sidebar-name">Parley</span>
        {close}
      </div>
      <NewChatLink className="new-chat">
        <SquarePen aria-hidden size={16} /> New chat
      </NewChatLink>
      <ChatSearch onSearch={setWords} />
      <nav className="sidebar-chats" aria-label="Chats">
        {words === "" ? (
          <ChatList isArchived={isArchived} onArchived={setIsArchived} onShare={setSharing} />
        ) : (
          <SearchResults words={words} />
        )}
      </nav>
      <Navigation />
      <div className="sidebar-foot">
        <ThemeMenu />
        <IconButton label="Keyboard shortcuts" onClick={() => useShell.setState({ isHelpOpen: true })}>
          <Keyboard aria-hidden size={18} />
        </IconButton>
      </div>
      {sharing !== undefined && <ShareDialog chatId={sharing} isOpen onClose={() => setSharing(undefined)} />}
    </>
  );
}
