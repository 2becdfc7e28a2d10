import { useEffect } from "react";
import { SearchField } from "../parts/search-field.tsx";
import { searchId, useShell } from "./shell-state.ts";

/** The search of one's chats, which a shortcut leads to. */
export function ChatSearch({ onSearch }: { readonly onSearch: (words: string) => void }) {
  const wantsSearch = useShell((state) => state.wantsSearch);
  useEffect(() => {
    if (!wantsSearch) return;
    useShell.setState({ wantsSearch: false });
    document.getElementById(searchId)?.focus();
  }, [wantsSearch]);
  return (
    <search className="chat-search">
      <SearchField id={searchId} label="Search your chats" onSearch={onSearch} />
    </search>
  );
}
