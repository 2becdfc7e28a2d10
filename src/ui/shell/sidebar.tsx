import { Keyboard, SquarePen } from "lucide-react";
import { type ReactNode, useState } from "react";
import { IconButton } from "../parts/button.tsx";
import { ShareDialog } from "../shares/share-dialog.tsx";
import { ChatList } from "./chat-list.tsx";
import { Navigation } from "./navigation.tsx";
import { NewChatLink } from "./new-chat-link.tsx";
import { SearchField } from "./search-field.tsx";
import { SearchResults } from "./search-results.tsx";
import { useShell } from "./shell-state.ts";
import { ThemeMenu } from "./theme-menu.tsx";
import { useSettled } from "./use-settled.ts";

const typingMs = 200;

/** One's chats, and the way to every other page. `close`: the button that puts it away. */
export function Sidebar({ close }: { readonly close: ReactNode }) {
  const [words, setWords] = useState("");
  const [isArchived, setIsArchived] = useState(false);
  const [sharing, setSharing] = useState<string>();
  const settled = useSettled(words.trim(), typingMs);
  const isSearching = words.trim() !== "" && settled !== "";
  return (
    <>
      <div className="sidebar-head">
        <span className="sidebar-name">Parley</span>
        {close}
      </div>
      <NewChatLink className="new-chat">
        <SquarePen aria-hidden size={16} /> New chat
      </NewChatLink>
      <SearchField words={words} onWords={setWords} />
      <nav className="sidebar-chats" aria-label="Chats">
        {isSearching ? (
          <SearchResults words={settled} />
        ) : (
          <ChatList isArchived={isArchived} onArchived={setIsArchived} onShare={setSharing} />
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
