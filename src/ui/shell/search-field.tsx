import { Search } from "lucide-react";
import { useEffect, useRef } from "react";
import { searchId, useShell } from "./shell-state.ts";

export interface SearchFieldProps {
  readonly words: string;
  readonly onWords: (words: string) => void;
}

export function SearchField({ words, onWords }: SearchFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  const wantsSearch = useShell((state) => state.wantsSearch);
  useEffect(() => {
    if (!wantsSearch) return;
    useShell.setState({ wantsSearch: false });
    field.current?.focus();
  }, [wantsSearch]);
  return (
    <search className="chat-search">
      <Search aria-hidden size={16} />
      <input
        ref={field}
        id={searchId}
        type="search"
        aria-label="Search your chats"
        placeholder="Search"
        autoComplete="off"
        value={words}
        onChange={({ target }) => onWords(target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || words === "") return;
          event.stopPropagation();
          onWords("");
        }}
      />
    </search>
  );
}
